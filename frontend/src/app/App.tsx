import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useMemo } from "react";
import { formatLocale, locale } from "@/lib/i18n";
import { useSignal } from "@/lib/signal";
import { makeQueries } from "./queries";
import { makeRouter } from "./router";
import { cssVariables, makeTheme } from "./theme/theme";

const queries = makeQueries();
const router = makeRouter(queries);

export function App() {
  const now = useSignal(locale);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme's words are those of the locale
  const theme = useMemo(makeTheme, [now]);
  document.documentElement.lang = formatLocale();
  return (
    // Another locale draws everything anew: texts are read while drawing and nowhere kept.
    <MantineProvider key={now} theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Notifications position="bottom-left" limit={4} autoClose={5000} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
