/* Examples in several languages: one choice holds everywhere, and next time. */

function chooseExamples(language) {
  for (const choice of document.querySelectorAll("[data-example-tabs] input")) {
    choice.checked = choice.value === language;
  }
}

function rememberExamples(language) {
  const above = document.activeElement?.getBoundingClientRect().top;
  chooseExamples(language);
  // Examples further up have changed their height: what was chosen stays where it is.
  scrollBy({ top: document.activeElement.getBoundingClientRect().top - above, behavior: "instant" });
  try {
    localStorage.setItem("examples", language);
  } catch {
    // It lasts for this page.
  }
}

document.addEventListener("change", (event) => {
  if (event.target.closest?.("[data-example-tabs]")) rememberExamples(event.target.value);
});
try {
  const known = ["curl", "python", "javascript"];
  const language = localStorage.getItem("examples");
  if (known.includes(language)) chooseExamples(language);
} catch {
  // No storage: every example begins with its first tab.
}
