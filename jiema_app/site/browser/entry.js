// Takes over the page that the server drew.
import { createElement, startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { Page } from "react-router";

startTransition(() => {
  hydrateRoot(document, createElement(Page));
});
