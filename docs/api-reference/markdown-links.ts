import { existsSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import GithubSlugger from 'github-slugger'
import { toString } from 'mdast-util-to-string'
import { visit } from 'unist-util-visit'
import { readMarkdownFile, repositoryRoot, type MarkdownFile } from './markdown-files.ts'

/** Returns the relative links of Markdown files that lead nowhere, each as `FILE:LINE: TARGET`. */
export function findBrokenLinks(files: readonly MarkdownFile[]): string[] {
  const anchors = new Map<string, ReadonlySet<string>>()
  function anchorsOf(path: string): ReadonlySet<string> {
    const known = anchors.get(path) ?? anchorsIn(readMarkdownFile(path))
    anchors.set(path, known)
    return known
  }
  return files.flatMap((file) =>
    linksIn(file)
      .filter(({ target }) => !leadsSomewhere(file, target, anchorsOf))
      .map(({ line, target }) => `${file.path}:${line}: ${target}`),
  )
}

function leadsSomewhere(file: MarkdownFile, target: string, anchorsOf: (path: string) => ReadonlySet<string>): boolean {
  const [path = '', anchor] = target.split('#').map(decodeURIComponent)
  const found = path === '' ? file.path : posix.join(posix.dirname(file.path), path)
  if (found.startsWith('../') || !existsSync(join(repositoryRoot, found))) return false
  if (anchor === undefined) return true
  // GitHub shows the README below the files of a folder.
  const isFolder = statSync(join(repositoryRoot, found)).isDirectory()
  const page = isFolder ? posix.join(found, 'README.md') : found
  return page.endsWith('.md') && existsSync(join(repositoryRoot, page)) && anchorsOf(page).has(anchor)
}

function linksIn({ tree }: MarkdownFile): { readonly line: number | undefined; readonly target: string }[] {
  const links: { readonly line: number | undefined; readonly target: string }[] = []
  visit(tree, (node) => {
    if (node.type !== 'link' && node.type !== 'image' && node.type !== 'definition') return
    if (!/^[a-z][a-z0-9+.-]*:/i.test(node.url)) links.push({ line: node.position?.start.line, target: node.url })
  })
  return links
}

/** Returns the anchors of a file: those that GitHub makes of headings, and `<a id>`. */
function anchorsIn({ tree }: MarkdownFile): ReadonlySet<string> {
  const slugger = new GithubSlugger()
  const anchors = new Set<string>()
  visit(tree, (node) => {
    if (node.type === 'heading') anchors.add(slugger.slug(toString(node)))
    if (node.type !== 'html') return
    for (const [, id = ''] of node.value.matchAll(/\s(?:id|name)="([^"]+)"/g)) anchors.add(id)
  })
  return anchors
}
