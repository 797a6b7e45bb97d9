// The page's menu: who one is, which bot one talks to, how the page looks, and what developers need.

import { avatar } from "./avatar.js";
import { openFaults } from "./faults.js";
import { showMenu } from "./menu.js";
import { chooseTheme, chosenTheme, THEMES } from "./theme.js";
import { complain } from "./toast.js";

export async function openMainMenu(store, button) {
  const box = button.getBoundingClientRect();
  const people = store.users.map((user) => ({
    label: user.first_name,
    glyph: avatar(user, { size: 26 }),
    checked: user.id === store.me.id,
    act: () => become(store, user.id),
  }));
  const bots = store.bots.length > 1
    ? [{ heading: "Bot" }, ...store.bots.map((bot) => ({
        label: bot.first_name, glyph: avatar(bot, { size: 26 }), checked: bot.id === store.bot?.id,
        act: () => store.switchBot(bot.id).catch(complain),
      }))]
    : [];
  const themes = THEMES.map(([value, label, glyph]) => ({
    label, glyph, checked: chosenTheme() === value, act: () => chooseTheme(value),
  }));
  const developer = { label: "Faults and calls", glyph: "bug", act: () => openFaults(store.api).catch(complain) };
  showMenu({ x: box.left, y: box.bottom + 6, items: [{ heading: "Write as" }, ...people, ...bots, { heading: "Look" }, ...themes, { heading: "For developers" }, developer], label: "Menu" });
}

async function become(store, user) {
  if (user === store.me.id) return;
  sessionStorage.setItem("sandbox-user", user);
  try {
    await store.switchUser(user);
  } catch (error) {
    complain(error);
  }
}
