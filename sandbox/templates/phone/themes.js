// What Telegram Web tells a Mini App of its colours.
export const THEMES = {
  light: { bg_color: "#ffffff", text_color: "#000000", hint_color: "#707579", link_color: "#3390ec", button_color: "#3390ec", button_text_color: "#ffffff",
    secondary_bg_color: "#f4f4f5", header_bg_color: "#ffffff", bottom_bar_bg_color: "#ffffff", accent_text_color: "#3390ec", section_bg_color: "#ffffff",
    section_header_text_color: "#707579", section_separator_color: "#e7e7e7", subtitle_text_color: "#707579", destructive_text_color: "#df3f40" },
  dark: { bg_color: "#17212b", text_color: "#f5f5f5", hint_color: "#8b9aa8", link_color: "#6ab3f3", button_color: "#5288c1", button_text_color: "#ffffff",
    secondary_bg_color: "#232e3c", header_bg_color: "#17212b", bottom_bar_bg_color: "#17212b", accent_text_color: "#6ab2f2", section_bg_color: "#17212b",
    section_header_text_color: "#6ab3f3", section_separator_color: "#111921", subtitle_text_color: "#8b9aa8", destructive_text_color: "#ec3942" },
};
export const NOTCH = { top: 0, bottom: 34, left: 0, right: 0 };
export const NOTCH_FULL = { top: 8, bottom: 34, left: 0, right: 0 };
export const NONE = { top: 0, bottom: 0, left: 0, right: 0 };
export const CONTENT_FULL = { top: 46, bottom: 0, left: 0, right: 0 };
export const isDark = (color) => {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  return r * 0.299 + g * 0.587 + b * 0.114 < 140;
};
