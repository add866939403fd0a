import { Button, NativeSelect } from "@mantine/core";
import { t } from "@/lib/i18n";
import { setPageSize } from "@/lib/preferences";
import type { ListingState } from "../model/listing";
import { PAGE_SIZES } from "../model/view";
import css from "./objects.module.css";

/** How much of the listing is shown, and how to get the rest. */
export function Footer(props: {
  state: ListingState;
  shown: number;
  filtering: boolean;
  size: number;
  onMore: () => void;
  onAll: () => void;
  onStop: () => void;
}) {
  const { state, shown } = props;
  const loaded = state.rows.length;
  const loading = state.phase === "loading";
  const more = state.phase === "more" || (loading && loaded > 0 && !state.sweeping);
  const total = state.total;
  const text = props.filtering
    ? t("grid.matching", { shown, loaded })
    : state.phase === "done" || (total?.exact && total.count <= loaded)
      ? t("grid.showing", { shown: loaded, total: loaded })
      : total === undefined
        ? t("grid.showing-some", { shown: loaded })
        : t(total.exact ? "grid.showing" : "grid.showing-at-least", { shown: loaded, total: total.count });
  return (
    <footer className={css.foot}>
      <span className="num" role="status">
        {loaded === 0 && loading ? "" : text}
      </span>
      {more && loaded > 0 && (
        <>
          <Button variant="default" size="compact-xs" disabled={loading} onClick={props.onMore}>
            {t("grid.more")}
          </Button>
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            disabled={loading}
            onClick={props.onAll}
            className={css.wideOnly}
          >
            {t("grid.all")}
          </Button>
        </>
      )}
      {state.sweeping && (
        <Button variant="default" size="compact-xs" onClick={props.onStop}>
          {t("action.stop")}
        </Button>
      )}
      <NativeSelect
        className={css.pageSize}
        size="xs"
        variant="unstyled"
        aria-label={t("objects.page-size")}
        value={String(props.size)}
        onChange={(event) => setPageSize(Number(event.currentTarget.value))}
        data={[...new Set([...PAGE_SIZES, props.size])]
          .sort((a, b) => a - b)
          .map((n) => ({ value: String(n), label: t("objects.per-page", { count: n }) }))}
      />
    </footer>
  );
}
