// Builds portal/static from portal/assets: node portal/assets/build.mjs [TARGET]. The same sources give the same bytes.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import * as sass from "sass";

const assets = dirname(fileURLToPath(import.meta.url));
const root = resolve(assets, "../..");
const target = resolve(process.argv[2] ?? join(root, "portal/static"));
const modules = join(root, "node_modules");
const browsers = ["chrome111", "firefox114", "safari16.4"];

for (const folder of ["css", "js", "fonts", "img"]) mkdirSync(join(target, folder), { recursive: true });

function report(name) {
  const bytes = readFileSync(join(target, name));
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  console.log(`${name.padEnd(40)} ${String(bytes.length).padStart(7)} bytes, ${gzipSync(bytes).length} packed, ${hash}`);
}

// GOV.UK's Sass falls back to a fixed colour after each of its variables, and names some colours outright.
// Every colour must come from brand.css, or dark mode and an owner's own profile would miss it.
const OURS = {
  "#0b0c0c": "var(--ink)", "#ffffff": "var(--paper)", "#f3f3f3": "var(--surface)", "#cecece": "var(--line)",
  "#858686": "var(--ink-soft)", "#1d70b8": "var(--action)", "#0f7a52": "var(--action)", "#ca3535": "var(--stop)",
  "#651b1b": "var(--stop)", "#083d29": "var(--done)",
};
function ourColours(css) {
  const bare = css.replace(/var\((--govuk-[a-z-]+-colour), ?(?:#[0-9a-f]{3,8}|[a-z]+)\)/gi, "var($1)");
  const own = bare.replace(/(?<=[:\s,(])(#[0-9a-f]{3,8}|white|black)(?=[\s;,)}])/gi, (found) => {
    const long = { white: "#ffffff", "#fff": "#ffffff" }[found.toLowerCase()] ?? found.toLowerCase();
    if (["#000", "#000000", "black"].includes(long)) return found;
    if (!OURS[long]) throw new Error(`The colour ${found} does not come from brand.css; give it a variable in build.mjs`);
    return OURS[long];
  });
  return own;
}

const compiled = sass.compile(join(assets, "sass/anslut.scss"), {
  importers: [new sass.NodePackageImporter(join(root, "package.json"))],
  quietDeps: true,
  charset: false,
});
const plain = { bundle: false, minify: true, legalComments: "none", target: browsers, write: true, logLevel: "warning" };
await build({
  ...plain,
  stdin: { contents: ourColours(compiled.css), loader: "css", resolveDir: assets },
  outfile: join(target, "css/anslut.css"),
});
copyFileSync(join(assets, "brand.css"), join(target, "css/brand.css"));
await build({
  ...plain,
  bundle: true,
  format: "esm",
  entryPoints: [join(assets, "js/anslut.js")],
  outfile: join(target, "js/anslut.js"),
  nodePaths: [modules],
});

const fonts = join(modules, "@fontsource-variable/source-sans-3");
for (const script of ["latin", "latin-ext"]) {
  for (const style of ["normal", "italic"]) {
    if (script === "latin-ext" && style === "italic") continue;
    const name = `source-sans-3-${script}-wght-${style}.woff2`;
    copyFileSync(join(fonts, "files", name), join(target, "fonts", name));
  }
}
copyFileSync(join(fonts, "LICENSE"), join(target, "fonts/OFL.txt"));
writeFileSync(
  join(target, "js/LICENSES.txt"),
  ["govuk-frontend", "htmx.org"]
    .map((name) => {
      const about = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
      const file = ["LICENSE", "LICENSE.txt", "LICENCE", "LICENSE.md"].find((found) => existsSync(join(modules, name, found)));
      return `${name} ${about.version} (${about.license})\n${file ? readFileSync(join(modules, name, file), "utf8") : ""}`;
    })
    .join("\n"),
);
for (const name of readdirSync(join(assets, "img")).sort()) copyFileSync(join(assets, "img", name), join(target, "img", name));

for (const name of ["css/anslut.css", "css/brand.css", "js/anslut.js"]) report(name);
for (const name of readdirSync(join(target, "fonts")).sort()) report(`fonts/${name}`);
