import { useMantineColorScheme } from "@mantine/core";
import { createSpotlight, Spotlight, type SpotlightActionData } from "@mantine/spotlight";
import "@mantine/spotlight/styles.layer.css";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import {
  ActivityIcon,
  BucketIcon,
  DarkIcon,
  GroupIcon,
  KeyboardIcon,
  LightIcon,
  PeopleIcon,
  PolicyIcon,
  RoleIcon,
  SearchIcon,
  SettingsIcon,
} from "@/components/ui/icons";
import { bucketsFound } from "@/features/buckets/api/buckets";
import { t } from "@/lib/i18n";
import { may, useSession } from "@/lib/session";

/** The command palette: every place, every bucket by a part of its name, and what is done often. */
export function Palette(props: { onClose: () => void; onHelp: () => void }) {
  const { user, permissions } = useSession();
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const [[store, spotlight]] = useState(createSpotlight);
  const [words, setWords] = useState("");
  const [settled] = useDebouncedValue(words.trim(), 120);
  const { data } = useQuery(bucketsFound(settled, 20));
  useEffect(() => spotlight.open(), [spotlight]);

  const buckets: SpotlightActionData[] = (data?.buckets ?? []).map((bucket) => ({
    id: `bucket ${bucket.name}`,
    label: bucket.name,
    leftSection: <BucketIcon size={18} />,
    rightSection: <span className="muted num">{t("buckets.objects", { count: bucket.objects })}</span>,
    onClick: () => void navigate({ to: "/buckets/$bucket", params: { bucket: bucket.name }, search: {} }),
  }));
  const places: SpotlightActionData[] = [
    {
      id: "buckets",
      label: t("nav.buckets"),
      leftSection: <BucketIcon size={18} />,
      onClick: () => void navigate({ to: "/buckets" }),
    },
    {
      id: "activity",
      label: t("nav.activity"),
      leftSection: <ActivityIcon size={18} />,
      onClick: () => void navigate({ to: "/activity" }),
    },
  ];
  const access: [needed: string, place: SpotlightActionData][] = [
    [
      "iam:ListUsers",
      {
        id: "users",
        label: t("iam.users"),
        leftSection: <PeopleIcon size={18} />,
        onClick: () => void navigate({ to: "/access/$kind", params: { kind: "users" }, search: {} }),
      },
    ],
    [
      "iam:ListGroups",
      {
        id: "groups",
        label: t("iam.groups"),
        leftSection: <GroupIcon size={18} />,
        onClick: () => void navigate({ to: "/access/$kind", params: { kind: "groups" }, search: {} }),
      },
    ],
    [
      "iam:ListRoles",
      {
        id: "roles",
        label: t("iam.roles"),
        leftSection: <RoleIcon size={18} />,
        onClick: () => void navigate({ to: "/access/$kind", params: { kind: "roles" }, search: {} }),
      },
    ],
    [
      "iam:ListPolicies",
      {
        id: "policies",
        label: t("iam.policies"),
        leftSection: <PolicyIcon size={18} />,
        onClick: () => void navigate({ to: "/access/policies", search: {} }),
      },
    ],
  ];
  places.push(...access.filter(([needed]) => may(permissions, needed)).map(([, place]) => place));
  if (user?.admin) {
    places.push({
      id: "settings",
      label: t("nav.settings"),
      leftSection: <SettingsIcon size={18} />,
      onClick: () => void navigate({ to: "/settings" }),
    });
  }
  const acts: SpotlightActionData[] = [
    {
      id: "light",
      label: t("palette.light"),
      leftSection: <LightIcon size={18} />,
      onClick: () => setColorScheme("light"),
    },
    {
      id: "dark",
      label: t("palette.dark"),
      leftSection: <DarkIcon size={18} />,
      onClick: () => setColorScheme("dark"),
    },
    { id: "help", label: t("shortcuts.title"), leftSection: <KeyboardIcon size={18} />, onClick: props.onHelp },
  ];
  return (
    <Spotlight
      store={store}
      shortcut={null}
      query={words}
      onQueryChange={setWords}
      onSpotlightClose={props.onClose}
      nothingFound={t("palette.nothing")}
      highlightQuery
      scrollable
      maxHeight={420}
      scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
      closeOnActionTrigger
      transitionProps={{ duration: 0 }}
      overlayProps={{ blur: 0, backgroundOpacity: 0.4 }}
      radius="lg"
      attributes={{ content: { "aria-label": t("palette.title") } }}
      size={560}
      searchProps={{
        leftSection: <SearchIcon size={18} />,
        placeholder: t("palette.placeholder"),
        "aria-label": t("palette.title"),
      }}
      actions={[
        { group: t("palette.places"), actions: places },
        { group: t("nav.buckets"), actions: buckets },
        { group: t("palette.actions"), actions: acts },
      ].filter((group) => group.actions.length > 0)}
    />
  );
}
