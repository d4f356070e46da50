// Emotion, for pages whose looks are classes. What Reflex takes for a style, as the size of a
// picture, is written into the element; the bundler refuses what no element can hold.
import { createElement } from "react";

export function jsx(type, props, ...children) {
  if (props?.css) {
    const { css, ...others } = props;
    props = { ...others, style: { ...css, ...others.style } };
  }
  return createElement(type, props, ...children);
}
