import type { LabelledText } from '../src/page/page-data.ts'

type Child = Node | string

/** Makes an element. Texts become text nodes, so they are never parsed as markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

/** Makes a list of names and values. */
export function facts(items: readonly LabelledText[]): HTMLElement {
  const pairs = items.map(([label, value]) => element('div', {}, element('dt', {}, label), element('dd', {}, value)))
  return element('dl', {}, ...pairs)
}

/** Returns the element with an id. */
export function part(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no #${id}`)
  return found
}
