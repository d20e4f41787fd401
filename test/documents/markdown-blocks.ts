import type { Code, Parents, RootContent } from 'mdast'
import { visit } from 'unist-util-visit'
import { readMarkdownFiles } from '../../docs/api-reference/markdown-files.ts'
import type { CodeBlock } from './code-block.ts'

/** An HTML comment such as `<!-- not checked: the SDK is not installed here -->` before a block exempts it. */
const exemption = /^<!--\s*not checked:\s*(.+?)\s*-->$/s

/** Returns the fenced code blocks of every Markdown file of the repository. */
export function listMarkdownBlocks(): CodeBlock[] {
  return readMarkdownFiles().flatMap(({ path, tree }) => {
    const blocks: CodeBlock[] = []
    visit(tree, 'code', (node, index, parent) => {
      blocks.push(blockOf(path, node, before(parent, index)))
    })
    return blocks
  })
}

function before(parent: Parents | undefined, index: number | undefined): RootContent | undefined {
  return index === undefined ? undefined : parent?.children[index - 1]
}

function blockOf(path: string, { lang, value, position }: Code, previous: RootContent | undefined): CodeBlock {
  const [, reason] = (previous?.type === 'html' && exemption.exec(previous.value)) || []
  const line = (position?.start.line ?? 0) + 1
  return { path, line, language: lang ?? '', code: value, ...(reason !== undefined && { exemption: reason }) }
}
