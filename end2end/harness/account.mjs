// Owns the names of things on the pages about accounts, and how one gets through them.

export const PASSWORD = "correct horse 7";

/** A field of a form on the page, by its label. */
export function field(visitor, label) {
  return visitor.page.getByRole("textbox", { name: label, exact: true }).or(
    // Passwords have no role.
    visitor.page.getByLabel(label, { exact: true }),
  ).first();
}

export function button(visitor, name) {
  return visitor.page.getByRole("button", { name, exact: true });
}

/** Makes an account on the page that is open or opened, and waits until it leads on. */
export async function signUp(visitor, handle, { open = "/sign-up", email = "" } = {}) {
  await visitor.page.goto(open);
  const name = field(visitor, "Your name");
  if ((await name.inputValue()) === "") {
    await name.fill(visitor.name);
  }
  await field(visitor, "Handle").fill(handle);
  await field(visitor, "Email, if you like").fill(email);
  await field(visitor, "Password").fill(PASSWORD);
  await button(visitor, "Make the account").click();
  await visitor.page.waitForURL((url) => url.pathname !== "/sign-up");
}

/** Signs in on the page that is open, and waits until it leads on. */
export async function signIn(visitor, login, password = PASSWORD) {
  await field(visitor, "Handle or email").fill(login);
  await field(visitor, "Password").fill(password);
  await button(visitor, "Sign in").click();
  await visitor.page.waitForURL((url) => url.pathname !== "/sign-in");
}

/** An account with two browsers, both on the page of their own settings. */
export async function twoBrowsers(visitor, handle) {
  const [here, there] = [await visitor("Ada"), await visitor("Ada elsewhere")];
  await signUp(here, handle);
  await there.page.goto("/sign-in");
  await signIn(there, handle);
  return [here, there];
}
