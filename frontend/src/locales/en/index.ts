import { activity } from "./activity";
import { buckets } from "./buckets";
import { credentials } from "./credentials";
import { identities } from "./identities";
import { lifecycle } from "./lifecycle";
import { objects } from "./objects";
import { permissions } from "./permissions";
import { settings } from "./settings";
import { shell } from "./shell";
import { simulation } from "./simulation";

/**
 * Every text of the console, by id. `{name}` is a place for a value; a message with `one` and `other` is chosen by its
 * `count`. Other locales have the same ids and places.
 */
export const en = {
  ...shell,
  ...buckets,
  ...permissions,
  ...lifecycle,
  ...objects,
  ...identities,
  ...credentials,
  ...simulation,
  ...activity,
  ...settings,
};
