import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Root } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'

/** A Markdown file of the repository. */
export interface MarkdownFile {
  /** Path from the root of the repository. */
  readonly path: string
  readonly tree: Root
}

/** Absolute path of the repository, with a slash at its end. */
export const repositoryRoot: string = fileURLToPath(new URL('../../', import.meta.url))

/** Returns every Markdown file of the repository that git does not ignore. Release notes are left out. */
export function readMarkdownFiles(): MarkdownFile[] {
  const command = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.md']
  const listed = execFileSync('git', command, { cwd: repositoryRoot, encoding: 'utf8' })
  const paths = [...new Set(listed.split('\0'))].filter((path) => path !== '' && !path.startsWith('.changeset/'))
  return paths.sort().map(readMarkdownFile)
}

/** Parses a Markdown file. The path is from the root of the repository. */
export function readMarkdownFile(path: string): MarkdownFile {
  return { path, tree: fromMarkdown(readFileSync(join(repositoryRoot, path))) }
}
