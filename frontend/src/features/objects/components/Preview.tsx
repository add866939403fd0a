import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Bone } from "@/components/ui/basics";
import { ProblemNotice } from "@/components/ui/notice";
import { bytes } from "@/lib/format";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { nameOf, readable } from "@/lib/keys";
import { makeLink, readText } from "../api/objects";
import { kindOf, previewOf } from "../model/kind";
import css from "./objects.module.css";

const TEXT_LIMIT = 1024 * 1024;
/** Larger pictures are shown when asked for. */
const PICTURE_LIMIT = 32 * 1024 * 1024;

interface PreviewProps {
  bucket: string;
  objectKey: string;
  versionId?: string | undefined;
  contentType: string;
  size: number;
  etag: string;
}

/**
 * What an object looks like. Nothing of it is ever a part of this page: pictures, sound and film come from the S3 port
 * by a link that lives for minutes, text is drawn as text.
 */
export function Preview(props: PreviewProps) {
  const how = previewOf(kindOf(props.objectKey, props.contentType));
  const [asked, setAsked] = useState(false);
  if (how === undefined || props.size === 0) return null;
  if (how === "text") return <Text {...props} />;
  if (how === "image" && props.size > PICTURE_LIMIT && !asked) {
    return (
      <Button variant="default" onClick={() => setAsked(true)}>
        {t("preview.show", { size: bytes(props.size) })}
      </Button>
    );
  }
  return <Media {...props} how={how} />;
}

function Media(props: PreviewProps & { how: "image" | "video" | "audio" }) {
  const { bucket, objectKey: key, versionId } = props;
  const name = readable(nameOf(key));
  const [broken, setBroken] = useState(false);
  const link = useQuery({
    queryKey: ["objects", bucket, "preview", key, versionId, props.etag],
    queryFn: () => makeLink({ bucket, key, versionId, method: "GET", expires: 900 }),
    staleTime: 600_000,
    gcTime: 600_000,
    refetchOnWindowFocus: false,
  });
  if (link.isError) {
    return (
      <ProblemNotice title={t("preview.failed")} problem={asProblem(link.error)} onRetry={() => void link.refetch()} />
    );
  }
  if (broken) return <p className={css.hint}>{t("preview.broken")}</p>;
  if (link.data === undefined) return <div className={css.media} aria-busy />;
  const fail = () => setBroken(true);
  return (
    <div className={css.media}>
      {props.how === "image" && <img src={link.data.url} alt={name} onError={fail} referrerPolicy="no-referrer" />}
      {props.how === "video" && (
        // biome-ignore lint/a11y/useMediaCaption: captions of a stored film are not known
        <video src={link.data.url} controls preload="metadata" onError={fail} aria-label={name} />
      )}
      {props.how === "audio" && (
        // biome-ignore lint/a11y/useMediaCaption: captions of a stored sound are not known
        <audio src={link.data.url} controls preload="metadata" onError={fail} aria-label={name} />
      )}
    </div>
  );
}

function Text(props: PreviewProps) {
  const { bucket, objectKey: key, versionId } = props;
  const query = useQuery({
    queryKey: ["objects", bucket, "text", key, versionId, props.etag],
    queryFn: ({ signal }) => readText(bucket, key, versionId, TEXT_LIMIT, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
    refetchOnWindowFocus: false,
  });
  if (query.isError) {
    const problem = asProblem(query.error);
    if (problem.code === "binary") return null;
    return <ProblemNotice title={t("preview.failed")} problem={problem} onRetry={() => void query.refetch()} />;
  }
  if (query.data === undefined) {
    return (
      <div className={css.text} aria-busy>
        <div className="delayed">
          <Bone width="60%" />
        </div>
      </div>
    );
  }
  const json = kindOf(key, props.contentType) === "json" && query.data.whole;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={css.text} tabIndex={0} aria-label={t("preview.title")}>
        <pre>{json ? indented(query.data.text) : query.data.text}</pre>
      </section>
      {!query.data.whole && <p className={css.hint}>{t("preview.cut", { size: bytes(TEXT_LIMIT) })}</p>}
    </>
  );
}

/** JSON with its levels indented; what is no JSON stays as it is. */
function indented(text: string): string {
  if (text.length > 256 * 1024) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
