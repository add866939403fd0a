import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { IconButton } from "@/components/ui/basics";
import { CloseIcon, SearchIcon } from "@/components/ui/icons";
import { t } from "@/lib/i18n";
import type { Listing, ListingState } from "../model/listing";
import css from "./objects.module.css";

/** How far a search has come. It goes on by itself until `size` results are there; each step of it is bounded. */
export function Finding(props: {
  words: string;
  prefix: string;
  listing: Listing;
  state: ListingState;
  size: number;
  onEnd: () => void;
}) {
  const { words, prefix, listing, state, size } = props;
  const [halted, setHalted] = useState(false);
  useEffect(() => {
    if (state.phase === "more" && state.rows.length < size && !halted) void listing.more(size);
  }, [state.phase, state.rows.length, size, halted, listing]);
  return (
    <div className={css.finding} role="status">
      <SearchIcon size={14} aria-hidden />
      <span>
        {t(prefix === "" ? "objects.found-bucket" : "objects.found-below", {
          words,
          count: state.rows.length,
          folder: prefix,
        })}
        <span className="muted num"> · {t("objects.scanned", { count: state.scanned })}</span>
      </span>
      {state.phase === "loading" && (
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => {
            setHalted(true);
            listing.stop();
          }}
        >
          {t("action.stop")}
        </Button>
      )}
      {state.phase === "more" && (
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => {
            setHalted(false);
            void listing.more(size);
          }}
        >
          {t("objects.search-on")}
        </Button>
      )}
      <IconButton label={t("objects.end-search")} size={24} onClick={props.onEnd}>
        <CloseIcon size={14} />
      </IconButton>
    </div>
  );
}
