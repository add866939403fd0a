import { Link } from "@tanstack/react-router";
import { NextIcon } from "@/components/ui/icons";
import { t } from "@/lib/i18n";
import { crumbs, readable } from "@/lib/keys";
import { inFolder, type View } from "../model/view";
import css from "./objects.module.css";

/** The bucket and each folder down to the one that is shown, as links. */
export function Crumbs({ bucket, view }: { bucket: string; view: View }) {
  const all = crumbs(view.prefix ?? "");
  return (
    <nav className={css.crumbs} aria-label={t("objects.folders-nav")}>
      <ol>
        <li>
          <Link
            to="/buckets/$bucket"
            params={{ bucket }}
            search={inFolder(view, "")}
            aria-current={all.length === 0 ? "page" : undefined}
          >
            {bucket}
          </Link>
        </li>
        {all.map((crumb, i) => (
          <li key={crumb.prefix}>
            <NextIcon size={12} aria-hidden />
            <Link
              to="/buckets/$bucket"
              params={{ bucket }}
              search={inFolder(view, crumb.prefix)}
              aria-current={i === all.length - 1 ? "page" : undefined}
            >
              {readable(crumb.name)}
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}
