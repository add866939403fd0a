import tests from "./playwright.config";

// What the documentation shows: "npm run pictures -w e2e" draws it anew.
export default { ...tests, projects: undefined, testDir: "pictures" };
