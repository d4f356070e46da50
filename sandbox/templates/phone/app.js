// The Mini App: opened in a frame as Telegram Web opens it, and spoken to by its protocol.
import { $, act, ask, clock, copy, make, say } from "./dom.js";
import { CONTENT_FULL, isDark, NONE, NOTCH, NOTCH_FULL, THEMES } from "./themes.js";

const VERSION = "8.0";
const COLOR = /^#[0-9a-f]{6}$/i;
let app = null; // what is open: {frame, origin, opened, ...}
let phone; // what the rest of the phone offers: person, openLink, switchInline, bot

export function setUp(offered) {
  phone = offered;
  addEventListener("message", (event) => {
    if (!app || event.source !== app.frame.contentWindow) return;
    let said;
    try {
      said = typeof event.data === "string" ? JSON.parse(event.data) : event.data;
    } catch {
      return;
    }
    if (!said || typeof said.eventType !== "string") return;
    app.origin = event.origin; // nobody is told anything before it spoke
    hear(said.eventType, said.eventData ?? {});
  });
  new ResizeObserver(viewport).observe($("#frame"));
  $("#app-back").addEventListener("click", () => (app.hasBack ? tell("back_button_pressed") : closeApp()));
  $("#main-button").addEventListener("click", () => tell("main_button_pressed"));
  $("#secondary").addEventListener("click", () => tell("secondary_button_pressed"));
  $("#app-menu").addEventListener("click", () => {
    $("#app-actions").hidden = !$("#app-actions").hidden;
    if (!$("#app-actions").hidden) $("#app-actions button").focus();
  });
  $("#app-actions").addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      $("#app-actions").hidden = true;
      $("#app-menu").focus();
    }
  });
}

export const isOpen = () => app !== null;
export const theme = () => THEMES[document.documentElement.dataset.theme];

// how: {url, startParam, hasQuery, button}: hasQuery for inline and menu buttons, button for a keyboard's.
export async function openApp(how) {
  if (app && !(await closeApp())) return;
  const order = { userId: phone.person(), startParam: how.startParam ?? "" };
  if (how.hasQuery) order.queryId = true;
  const made = how.button ? { initData: "" } : await act("init-data", order);
  if (!made) return;
  const address = new URL(how.url);
  if (how.startParam) address.searchParams.set("tgWebAppStartParam", how.startParam);
  const launch = new URLSearchParams();
  launch.set("tgWebAppData", made.initData);
  launch.set("tgWebAppVersion", VERSION);
  launch.set("tgWebAppPlatform", "weba");
  launch.set("tgWebAppThemeParams", JSON.stringify(theme()));
  // Percent signs alone: Telegram Web writes no "+" for a space.
  const fragment = [...launch].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  const frame = make("iframe", { title: "Mini App", src: address.href + (address.hash ? "&" : "#") + fragment });
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-forms allow-modals allow-storage-access-by-user-activation");
  frame.allow = "clipboard-write; clipboard-read; fullscreen";
  app = { frame, button: how.button, origin: null, chosen: {}, topName: "header_bg_color", confirmsClosing: false, hasBack: false, hasSettings: false, isExpanded: true };
  $("#app-title").textContent = phone.bot().name;
  $("#events").replaceChildren();
  paint({ top: theme().header_bg_color, bg: theme().bg_color, bottom: theme().bottom_bar_bg_color });
  draw();
  for (const id of ["#main-button", "#secondary"]) Object.assign($(id), { hidden: true, textContent: "", disabled: false, className: "" });
  $("#app-buttons").hidden = true;
  $("#app-wait").hidden = false;
  $("#frame").append(frame);
  $("#app").hidden = false;
  frame.addEventListener("load", () => ($("#app-wait").hidden = true));
  frame.focus();
}

export async function closeApp({ sure = false } = {}) {
  if (!app) return true;
  if (app.confirmsClosing && !sure) {
    const answer = await ask("", "Changes that you made may not be saved.", [{ id: "", text: "Cancel" }, { id: "yes", text: "Close anyway", type: "destructive" }]);
    if (answer !== "yes") return false;
  }
  app?.frame.remove();
  app = null;
  $("#app").hidden = true;
  $("#app-actions").hidden = true;
  delete $("#app").dataset.full;
  phone.closed();
  return true;
}

export function themeChanged() {
  if (!app) return;
  const { top, bg, bottom } = app.chosen;
  // A colour by name follows the theme; one that was given stays.
  paint({ top: top ?? theme()[app.topName], bg: bg ?? theme().bg_color, bottom: bottom ?? theme().bottom_bar_bg_color });
  tell("theme_changed", { theme_params: theme() });
}

export function areasChanged({ isAsked = false } = {}) {
  if (!app) return;
  const isFull = "full" in $("#app").dataset;
  const hasNotch = "notch" in document.body.dataset;
  const buttonsTakeIt = !$("#app-buttons").hidden;
  const areas = hasNotch ? (isFull ? NOTCH_FULL : NOTCH) : NONE;
  const told = [buttonsTakeIt ? { ...areas, bottom: 0 } : areas, isFull ? CONTENT_FULL : NONE];
  if (!isAsked && JSON.stringify(told) === app.areas) return;
  app.areas = JSON.stringify(told);
  tell("safe_area_changed", told[0]);
  tell("content_safe_area_changed", told[1]);
}

function tell(eventType, eventData = null) {
  if (!app?.origin) return;
  note("→ " + eventType);
  app.frame.contentWindow.postMessage(JSON.stringify({ eventType, eventData }), app.origin);
}

function note(line) {
  const list = $("#events");
  list.prepend(make("li", { textContent: `${clock(Date.now() / 1000)} ${line}` }));
  while (list.children.length > 100) list.lastChild.remove();
}

function viewport() {
  if (!app) return;
  const { width, height } = $("#frame").getBoundingClientRect();
  tell("viewport_changed", { width: Math.round(width), height: Math.round(height), is_expanded: true, is_state_stable: true });
}

function paint(colors) {
  const box = $("#app").style;
  if (colors.top) {
    box.setProperty("--app-top", colors.top);
    box.setProperty("--app-ink", isDark(colors.top) ? "#fff" : "#000");
  }
  if (colors.bg) box.setProperty("--app-bg", colors.bg);
  if (colors.bottom) box.setProperty("--app-bottom", colors.bottom);
}

function draw() {
  $("#app-back").textContent = app.hasBack ? "‹ Back" : "✕ Close";
  const actions = [["Reload", () => openApp.again()], ["Close", () => closeApp()]];
  if (app.hasSettings) actions.unshift(["Settings", () => tell("settings_button_pressed")]);
  $("#app-actions").replaceChildren(...actions.map(([text, todo]) => {
    const button = make("button", { type: "button", textContent: text, role: "menuitem" });
    button.addEventListener("click", () => {
      $("#app-actions").hidden = true;
      todo();
    });
    return make("li", { role: "none" }, button);
  }));
}
openApp.again = () => {
  const source = app.frame.src;
  app.frame.remove();
  app.frame = Object.assign(app.frame.cloneNode(), { src: source });
  $("#frame").append(app.frame);
};

function button(id, data, color, textColor) {
  const node = $(id);
  if ("is_visible" in data) node.hidden = !data.is_visible || !data.text;
  if (data.text) node.textContent = data.text;
  node.disabled = data.is_active === false;
  node.classList.toggle("busy", Boolean(data.is_progress_visible));
  node.style.background = COLOR.test(data.color) ? data.color : color;
  node.style.color = COLOR.test(data.text_color) ? data.text_color : textColor;
  if (data.position) $("#app-buttons").dataset.first = data.position;
  $("#app-buttons").hidden = $("#main-button").hidden && $("#secondary").hidden;
  areasChanged();
}

const storage = () => `phone-cloud-${phone.person()}`;
function cloud(method, params) {
  const held = JSON.parse(localStorage.getItem(storage()) ?? "{}");
  if (method === "saveStorageValue") held[params.key] = params.value;
  else if (method === "deleteStorageValues") for (const key of params.keys) delete held[key];
  else if (method === "getStorageValues") return Object.fromEntries(params.keys.map((key) => [key, held[key] ?? ""]));
  else if (method === "getStorageKeys") return Object.keys(held);
  else return undefined;
  localStorage.setItem(storage(), JSON.stringify(held));
  return true;
}

const heard = {
  iframe_ready() {},
  iframe_will_reload() {},
  web_app_ready: () => ($("#app-wait").hidden = true),
  web_app_expand: viewport,
  web_app_request_viewport: viewport,
  web_app_request_theme: () => tell("theme_changed", { theme_params: theme() }),
  web_app_request_safe_area: () => areasChanged({ isAsked: true }),
  web_app_request_content_safe_area: () => areasChanged({ isAsked: true }),
  web_app_close: () => closeApp({ sure: true }),
  web_app_setup_closing_behavior: (data) => (app.confirmsClosing = Boolean(data.need_confirmation)),
  web_app_setup_swipe_behavior() {},
  web_app_setup_main_button: (data) => button("#main-button", data, theme().button_color, theme().button_text_color),
  web_app_setup_secondary_button: (data) => button("#secondary", data, theme().bottom_bar_bg_color, theme().button_color),
  web_app_setup_back_button(data) {
    app.hasBack = Boolean(data.is_visible);
    draw();
  },
  web_app_setup_settings_button(data) {
    app.hasSettings = Boolean(data.is_visible);
    draw();
  },
  web_app_set_header_color(data) {
    app.topName = data.color_key in theme() ? data.color_key : "header_bg_color";
    delete app.chosen.top;
    if (data.color) repaint({ top: data.color });
    else paint({ top: theme()[app.topName] });
  },
  web_app_set_background_color: (data) => repaint({ bg: data.color }),
  web_app_set_bottom_bar_color: (data) => repaint({ bottom: data.color }),
  web_app_trigger_haptic_feedback() {
    $("#phone").classList.remove("buzz");
    requestAnimationFrame(() => $("#phone").classList.add("buzz"));
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(15);
  },
  web_app_open_link: (data) => /^https?:/.test(data.url) && open(data.url, "_blank", "noopener"),
  web_app_open_tg_link: (data) => phone.openLink("https://t.me" + data.path_full, { fromApp: true }),
  web_app_open_invoice: (data) => tell("invoice_closed", { slug: data.slug, status: "failed" }),
  async web_app_open_popup(data) {
    const buttons = (data.buttons ?? []).map((one) => ({ id: one.id, type: one.type, text: one.text ?? { ok: "OK", close: "Close", cancel: "Cancel" }[one.type] }));
    const pressed = await ask(data.title ?? "", data.message ?? "", buttons.map((one, place) => ({ ...one, id: "b" + place })));
    const chosen = buttons[Number(pressed.slice(1))];
    tell("popup_closed", pressed && chosen ? { button_id: chosen.id } : {});
  },
  async web_app_data_send(data) {
    if (!app.button) return;
    await act("web-app-data", { from: phone.person(), data: data.data, buttonText: app.button });
    closeApp({ sure: true });
  },
  async web_app_read_text_from_clipboard(data) {
    tell("clipboard_text_received", { req_id: data.req_id, data: window.phoneClipboard ?? "" });
  },
  web_app_switch_inline_query(data) {
    closeApp({ sure: true });
    phone.switchInline(data.query ?? "");
  },
  async web_app_request_write_access() {
    tell("write_access_requested", { status: "allowed" });
  },
  web_app_request_phone: () => tell("phone_requested", { status: "cancelled" }),
  web_app_invoke_custom_method(data) {
    const result = cloud(data.method, data.params ?? {});
    tell("custom_method_invoked", result === undefined ? { req_id: data.req_id, error: "METHOD_INVALID" } : { req_id: data.req_id, result });
  },
  web_app_request_fullscreen() {
    $("#app").dataset.full = "";
    tell("fullscreen_changed", { is_fullscreen: true });
    areasChanged();
  },
  web_app_exit_fullscreen() {
    delete $("#app").dataset.full;
    tell("fullscreen_changed", { is_fullscreen: false });
    areasChanged();
  },
  async web_app_send_prepared_message(data) {
    const answer = await ask("Share this message?", "A prepared message of the Mini App.", [{ id: "", text: "Cancel" }, { id: "yes", text: "Send to the bot's chat" }]);
    const sent = answer === "yes" && (await act("prepared", { from: phone.person(), id: data.id }));
    tell(sent ? "prepared_message_sent" : "prepared_message_failed", sent ? null : { error: "USER_DECLINED" });
  },
  web_app_biometry_get_info: () => tell("biometry_info_received", { available: false }),
  web_app_check_home_screen: () => tell("home_screen_checked", { status: "unsupported" }),
  web_app_add_to_home_screen: () => tell("home_screen_failed", { error: "UNSUPPORTED" }),
  web_app_start_accelerometer: () => tell("accelerometer_failed", { error: "UNSUPPORTED" }),
  web_app_start_gyroscope: () => tell("gyroscope_failed", { error: "UNSUPPORTED" }),
  web_app_start_device_orientation: () => tell("device_orientation_failed", { error: "UNSUPPORTED" }),
  web_app_check_location: () => tell("location_checked", { available: false }),
  web_app_open_scan_qr_popup() {
    say("This phone has no camera.");
    tell("scan_qr_popup_closed");
  },
  web_app_share_to_story: () => say("Nothing is shared to stories here."),
};

function repaint(colors) {
  const kept = Object.fromEntries(Object.entries(colors).filter(([, color]) => COLOR.test(color)));
  Object.assign(app.chosen, kept);
  paint(kept);
}

function hear(type, data) {
  note("← " + type + (Object.keys(data).length ? " " + JSON.stringify(data).slice(0, 160) : ""));
  heard[type]?.(data);
}

// t.me/share/url: the one link that asks whom to send something to.
export async function share(url, text) {
  const whole = [text, url].filter(Boolean).join("\n");
  const chosen = await ask("Share", whole, [{ id: "", text: "Cancel" }, { id: "copy", text: "Copy" }]);
  if (chosen === "copy") await copy(whole);
}
