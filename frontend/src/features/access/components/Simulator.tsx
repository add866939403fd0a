import { Autocomplete, Button, Checkbox, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Card, IconButton } from "@/components/ui/basics";
import { DeleteIcon, PlusIcon } from "@/components/ui/icons";
import { t } from "@/lib/i18n";
import { may, useSession } from "@/lib/session";
import { identityChoices } from "../api/access";
import {
  ACTIONS,
  actionsOf,
  CONDITION_KEYS,
  type Condition,
  printContext,
  readContext,
  requestOf,
  type SimulationView,
  type Tried,
} from "../model/simulation";
import { AccessHead } from "./AccessHead";
import css from "./access.module.css";
import { DocumentField, sound } from "./DocumentField";
import { Outcomes } from "./Outcomes";

type Row = Condition & { id: number };

/** Asks what would be decided over requests, and shows why. */
export function Simulator({ view, onView }: { view: SimulationView; onView: (next: SimulationView) => void }) {
  const { permissions } = useSession();
  const [principal, setPrincipal] = useState(view.principal ?? "");
  const [words] = useDebouncedValue(principal.trim(), 200);
  const users = useQuery({ ...identityChoices("users", words), enabled: may(permissions, "iam:ListUsers") });
  const roles = useQuery({ ...identityChoices("roles", words), enabled: may(permissions, "iam:ListRoles") });
  const people = [
    "anonymous",
    ...new Set([
      ...(users.data?.identities ?? []).map(({ name }) => name),
      ...(roles.data?.identities ?? []).map(({ arn }) => arn),
    ]),
  ];
  const [actions, setActions] = useState(() => actionsOf(view));
  const [resources, setResources] = useState(view.resources ?? "");
  const [rows, setRows] = useState<Row[]>(() => readContext(view.context).map((row, id) => ({ ...row, id })));
  const made = useRef(rows.length);
  const [trying, setTrying] = useState(false);
  const [tried, setTried] = useState<Tried>({ policy: "", replace: false });
  const [asked, setAsked] = useState(() => requestOf(view, tried));
  const [round, setRound] = useState(0);
  const next: SimulationView = {
    principal: principal.trim() || undefined,
    actions: actions.join(",") || undefined,
    resources: resources.trim() || undefined,
    context: printContext(rows),
  };
  const request = requestOf(next, trying ? tried : { policy: "", replace: false });
  const change = (id: number, part: Partial<Condition>) =>
    setRows((now) => now.map((row) => (row.id === id ? { ...row, ...part } : row)));
  return (
    <div className={css.page}>
      <AccessHead />
      <div className={css.scroll}>
        <div className={css.cards}>
          <Card title={t("simulate.request")}>
            <form
              className={css.stack}
              onSubmit={(event) => {
                event.preventDefault();
                setAsked(request);
                setRound((now) => now + 1);
                onView(next);
              }}
            >
              <p className="muted">{t("simulate.text")}</p>
              <Autocomplete
                label={t("simulate.principal")}
                description={t("simulate.principal-text")}
                data={people}
                limit={50}
                value={principal}
                onChange={setPrincipal}
              />
              <TagsInput
                label={t("simulate.actions")}
                data={ACTIONS}
                limit={50}
                splitChars={[",", " "]}
                acceptValueOnBlur
                value={actions}
                onChange={setActions}
              />
              <Textarea
                label={t("simulate.resources")}
                description={t("simulate.resources-text")}
                autosize
                minRows={1}
                maxRows={8}
                value={resources}
                onChange={(event) => setResources(event.currentTarget.value)}
              />
              <fieldset className={css.conditions}>
                <legend className={css.label}>{t("simulate.conditions")}</legend>
                {rows.map((row, index) => (
                  <div className={css.condition} key={row.id}>
                    <Autocomplete
                      aria-label={t("simulate.key", { number: index + 1 })}
                      placeholder={CONDITION_KEYS[0]}
                      data={CONDITION_KEYS}
                      value={row.key}
                      onChange={(key) => change(row.id, { key })}
                    />
                    <TextInput
                      aria-label={t("simulate.value", { number: index + 1 })}
                      placeholder="192.0.2.7"
                      value={row.value}
                      onChange={(event) => change(row.id, { value: event.currentTarget.value })}
                    />
                    <IconButton
                      label={t("simulate.remove", { number: index + 1 })}
                      size={36}
                      onClick={() => setRows((now) => now.filter(({ id }) => id !== row.id))}
                    >
                      <DeleteIcon size={14} />
                    </IconButton>
                  </div>
                ))}
                <div>
                  <Button
                    variant="default"
                    leftSection={<PlusIcon size={14} aria-hidden />}
                    onClick={() => {
                      made.current += 1;
                      setRows((now) => [...now, { id: made.current, key: "", value: "" }]);
                    }}
                  >
                    {t("simulate.add")}
                  </Button>
                </div>
              </fieldset>
              <Checkbox
                label={t("simulate.try")}
                checked={trying}
                onChange={(event) => setTrying(event.currentTarget.checked)}
              />
              {trying && (
                <>
                  <DocumentField
                    label={t("policy.editor")}
                    value={tried.policy}
                    onChange={(policy) => setTried((now) => ({ ...now, policy }))}
                    templates
                  />
                  <Checkbox
                    label={t("simulate.replace")}
                    checked={tried.replace}
                    onChange={(event) => setTried({ ...tried, replace: event.currentTarget.checked })}
                  />
                </>
              )}
              <div>
                <Button
                  type="submit"
                  disabled={request === undefined || (trying && tried.policy.trim() !== "" && !sound(tried.policy))}
                >
                  {t("simulate.run")}
                </Button>
              </div>
            </form>
          </Card>
          {asked !== undefined && <Outcomes key={round} request={asked} />}
        </div>
      </div>
    </div>
  );
}
