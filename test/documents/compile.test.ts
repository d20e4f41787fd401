import { expect, test } from 'vitest'
import { compile } from './compile.ts'
import { listDocCommentExamples } from './doc-comment-examples.ts'
import { listMarkdownBlocks } from './markdown-blocks.ts'
import { isCompiled, writeModules } from './write-modules.ts'

test('JavaScript and TypeScript of Markdown files compile', () => {
  const blocks = listMarkdownBlocks().filter((block) => isCompiled(block) && block.exemption === undefined)
  expect(blocks.length).toBeGreaterThan(40)
  const folder = writeModules('markdown', blocks)
  expect([...compile(folder, 'ts'), ...compile(folder, 'js')]).toEqual([])
})

test('examples of doc comments compile', () => {
  const examples = listDocCommentExamples()
  expect(examples.length).toBeGreaterThan(5)
  expect(compile(writeModules('doc-comments', examples), 'ts')).toEqual([])
})
