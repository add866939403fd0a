import type { Server } from "@myfsio/client";
import { useQuery } from "@tanstack/react-query";
import { Bar, Bone, Bytes, Card, Copyable, Fact, Facts, When } from "@/components/ui/basics";
import { ProblemNotice } from "@/components/ui/notice";
import { bytes, duration } from "@/lib/format";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { server } from "../api/settings";
import css from "./settings.module.css";

/** The running server: release, how long it is up, what it holds, how full its disk is. */
export function ServerInfo() {
  const query = useQuery(server());
  if (query.isError && query.data === undefined) {
    return (
      <ProblemNotice title={t("server.failed")} problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
    );
  }
  const s = query.data;
  return (
    <div className={css.cards}>
      <Card title={t("server.title")}>{s === undefined ? <Bones /> : <Release s={s} />}</Card>
      <Card title={t("server.store")}>{s === undefined ? <Bones /> : <Store s={s} />}</Card>
    </div>
  );
}

function Bones() {
  return (
    <div className={`${css.bones} delayed`}>
      <Bone width="60%" />
      <Bone width="44%" />
      <Bone width="52%" />
      <Bone width="38%" />
      <Bone width="48%" />
    </div>
  );
}

function Release({ s }: { s: Server }) {
  return (
    <Facts>
      <Fact name={t("server.version")}>{s.version}</Fact>
      <Fact name={t("server.platform")}>{`${s.platform}, ${s.goVersion}`}</Fact>
      <Fact name={t("server.started")}>
        <When time={s.started} /> <span className="muted num">({duration(s.uptimeSeconds)})</span>
      </Fact>
      <Fact name={t("properties.region")}>{s.region}</Fact>
      <Fact name={t("bucket.endpoint")}>
        <Copyable text={s.s3Endpoint} label={t("action.copy-what", { what: t("bucket.endpoint") })} />
      </Fact>
      <Fact name={t("server.memory")}>
        <Bytes size={s.heapBytes} />
      </Fact>
      <Fact name={t("server.processors")}>
        <span className="num">{t("format.number", { value: s.cpus })}</span>
      </Fact>
    </Facts>
  );
}

function Store({ s }: { s: Server }) {
  const used = s.space === undefined ? 0 : s.space.total - s.space.free;
  return (
    <>
      <Facts>
        <Fact name={t("nav.buckets")}>
          <span className="num">{t("format.number", { value: s.buckets })}</span>
        </Fact>
        <Fact name={t("bucket.objects")}>
          <span className="num">{t("format.number", { value: s.objects })}</span>
        </Fact>
        <Fact name={t("server.size")}>
          <Bytes size={s.bytes} />
        </Fact>
        <Fact name={t("server.users")}>
          <span className="num">{t("format.number", { value: s.users })}</span>
        </Fact>
        {s.engine !== undefined && (
          <Fact name={t("server.engine")}>
            {s.engine.name}, <Bytes size={s.engine.diskBytes} />
          </Fact>
        )}
      </Facts>
      {s.space !== undefined && s.space.total > 0 && (
        <div className={css.space}>
          <Bar
            share={used / s.space.total}
            label={t("server.space")}
            tone={s.space.free < s.space.reserve * 2 ? "danger" : undefined}
          />
          <p className="num">
            {t("server.space-of", { used: bytes(used), total: bytes(s.space.total), free: bytes(s.space.free) })}
          </p>
        </div>
      )}
    </>
  );
}
