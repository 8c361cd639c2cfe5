// GOV.UK Frontend's components that our pages use, with our own words for what they say.
import { Button, CharacterCount, ErrorSummary, PasswordInput, Radios, Checkboxes, SkipLink } from "govuk-frontend";

const WORDS = {
  sv: {
    count: {
      charactersUnderLimit: { one: "%{count} tecken kvar", other: "%{count} tecken kvar" },
      charactersAtLimit: "Inga tecken kvar",
      charactersOverLimit: { one: "%{count} tecken för mycket", other: "%{count} tecken för mycket" },
      textareaDescription: { other: "Högst %{count} tecken" },
    },
    password: {
      showPassword: "Visa",
      hidePassword: "Dölj",
      showPasswordAriaLabel: "Visa lösenordet",
      hidePasswordAriaLabel: "Dölj lösenordet",
      passwordShownAnnouncement: "Lösenordet visas",
      passwordHiddenAnnouncement: "Lösenordet är dolt",
    },
  },
  en: {
    count: {
      charactersUnderLimit: { one: "%{count} character left", other: "%{count} characters left" },
      charactersAtLimit: "No characters left",
      charactersOverLimit: { one: "%{count} character too many", other: "%{count} characters too many" },
      textareaDescription: { other: "At most %{count} characters" },
    },
    password: {
      showPassword: "Show",
      hidePassword: "Hide",
      showPasswordAriaLabel: "Show the password",
      hidePasswordAriaLabel: "Hide the password",
      passwordShownAnnouncement: "The password is shown",
      passwordHiddenAnnouncement: "The password is hidden",
    },
  },
};

function start(scope, Component, settings) {
  for (const element of scope.querySelectorAll(`[data-module="${Component.moduleName}"]`)) {
    if (element.hasAttribute(`data-${Component.moduleName}-init`)) continue;
    new Component(element, settings);
  }
}

export function startComponents(scope) {
  if (!document.body.classList.contains("govuk-frontend-supported")) return;
  const words = WORDS[document.documentElement.lang] ?? WORDS.sv;
  start(scope, Button);
  start(scope, CharacterCount, { i18n: words.count });
  start(scope, ErrorSummary);
  start(scope, PasswordInput, { i18n: words.password });
  start(scope, Radios);
  start(scope, Checkboxes);
  start(scope, SkipLink);
}
