import { expect, test } from 'vitest'
import { compile } from './compile.ts'
import { listDocCommentExamples } from './doc-comment-examples.ts'
import { listMarkdownBlocks } from './markdown-blocks.ts'
import { isCompiled, writeModules } from './write-modules.ts'

test('the code of Markdown files and doc comments compiles', () => {
  const blocks = listMarkdownBlocks().filter((block) => isCompiled(block) && block.exemption === undefined)
  const examples = listDocCommentExamples()
  expect(blocks.length).toBeGreaterThan(40)
  expect(examples.length).toBeGreaterThan(200)
  const folder = writeModules('compiled', [...blocks, ...examples])
  expect([...compile(folder, 'ts'), ...compile(folder, 'js')]).toEqual([])
})
