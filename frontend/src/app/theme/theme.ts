import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";
import { t } from "@/lib/i18n";

/** The one accent. Shade 7 carries white text at 5.9:1. */
const accent: MantineColorsTuple = [
  "#eff2fe",
  "#dfe5fd",
  "#bdc9f9",
  "#98aaf5",
  "#788fef",
  "#5d77e8",
  "#4b66e2",
  "#3b55d9",
  "#3048bd",
  "#263a9c",
];
const gray: MantineColorsTuple = [
  "#fafbfc",
  "#f4f5f7",
  "#ebedf0",
  "#e3e6ea",
  "#cdd2d9",
  "#a3abb6",
  "#7b8491",
  "#5a6370",
  "#3b424d",
  "#1b2028",
];
/** From text (0) to the deepest ground (9). Mantine paints fields with 6, the page with 7, borders with 4. */
const dark: MantineColorsTuple = [
  "#e5e8ed",
  "#b9c0ca",
  "#98a1ae",
  "#6f7987",
  "#2b323c",
  "#222831",
  "#1a1f26",
  "#13171c",
  "#0e1115",
  "#0a0c0f",
];
const red: MantineColorsTuple = [
  "#fef1f0",
  "#fde0dd",
  "#f9bfb9",
  "#f59b92",
  "#ef776c",
  "#e4574a",
  "#d63f32",
  "#c22f23",
  "#a3261b",
  "#841e15",
];

const quick = { duration: 120 };

/** Called once for each locale: some defaults are words. */
export const makeTheme = () =>
  createTheme({
    primaryColor: "accent",
    primaryShade: { light: 7, dark: 7 },
    colors: { accent, gray, dark, red },
    white: "#ffffff",
    black: "#1b2028",
    autoContrast: false,
    fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
    fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
    fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
    lineHeights: { xs: "16px", sm: "20px", md: "20px", lg: "24px", xl: "28px" },
    spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
    radius: { xs: "4px", sm: "6px", md: "6px", lg: "8px", xl: "12px" },
    defaultRadius: "sm",
    shadows: {
      sm: "0 1px 2px rgb(16 20 28 / 0.06)",
      md: "0 4px 16px rgb(16 20 28 / 0.10)",
      lg: "0 8px 32px rgb(16 20 28 / 0.14)",
    },
    headings: { fontWeight: "600" },
    respectReducedMotion: true,
    cursorType: "pointer",
    components: {
      Button: { defaultProps: { size: "xs", radius: "sm" } },
      ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: 28 } },
      TextInput: { defaultProps: { size: "sm" } },
      PasswordInput: { defaultProps: { size: "sm" } },
      NumberInput: { defaultProps: { size: "sm" } },
      NativeSelect: { defaultProps: { size: "sm" } },
      Checkbox: { defaultProps: { size: "xs" } },
      Switch: { defaultProps: { size: "sm" } },
      Menu: {
        defaultProps: {
          shadow: "md",
          transitionProps: quick,
          position: "bottom-end",
          offset: 4,
          withinPortal: false,
          floatingStrategy: "fixed",
          withInitialFocusPlaceholder: false,
        },
      },
      Tooltip: { defaultProps: { openDelay: 350, transitionProps: quick, withArrow: false, fz: "xs" } },
      Popover: { defaultProps: { shadow: "md", transitionProps: quick } },
      Drawer: {
        defaultProps: {
          transitionProps: quick,
          overlayProps: { backgroundOpacity: 0.4 },
          closeButtonProps: { "aria-label": t("action.close") },
        },
      },
    },
  });

/** Mantine's own variables, led back to the console's tokens (tokens.css). */
export const cssVariables: CSSVariablesResolver = () => {
  const both = {
    "--mantine-color-body": "var(--surface)",
    "--mantine-color-text": "var(--text)",
    "--mantine-color-dimmed": "var(--muted)",
    "--mantine-color-placeholder": "var(--faint)",
    "--mantine-color-default-border": "var(--line-strong)",
    "--mantine-color-error": "var(--danger-text)",
    "--mantine-color-anchor": "var(--accent-text)",
  };
  return { variables: {}, light: both, dark: both };
};
