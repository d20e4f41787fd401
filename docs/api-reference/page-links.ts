import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/** Returns the relative links of generated pages that lead nowhere, each as `PAGE: TARGET`. */
export function findBrokenPageLinks(folder: string): string[] {
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:html|svg)$/.test(name))
    .map((name) => join(folder, name))
  const anchors = new Map(pages.map((page) => [page, anchorsIn(readFileSync(page, 'utf8'))]))
  return pages.flatMap((page) =>
    linksIn(readFileSync(page, 'utf8'))
      .filter((target) => !leadsSomewhere(page, target, anchors))
      .map((target) => `${relative(folder, page)}: ${target}`),
  )
}

function leadsSomewhere(page: string, target: string, anchors: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const [path = '', anchor = ''] = target.split('#').map(decodeURIComponent)
  const found = path === '' ? page : resolve(dirname(page), path)
  if (!existsSync(found) || !statSync(found).isFile()) return false
  return anchor === '' || anchors.get(found)?.has(anchor) === true
}

/** TypeDoc quotes every attribute. Its pages refer to icons by anchors in an SVG file. */
function linksIn(html: string): string[] {
  const targets = [...html.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, target = '']) =>
    target.replaceAll('&amp;', '&'),
  )
  return [...new Set(targets)].filter((target) => !/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(target))
}

function anchorsIn(html: string): Set<string> {
  return new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id = '']) => id.replaceAll('&amp;', '&')))
}
