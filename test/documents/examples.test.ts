import { expect, test } from 'vitest'
import { packages } from '../manifests.ts'
import type { CodeBlock } from './code-block.ts'
import { listDocCommentExamples } from './doc-comment-examples.ts'
import { listMarkdownBlocks } from './markdown-blocks.ts'
import { runBlocks, type BlockToRun } from './run-blocks.ts'
import { isCompiled } from './write-modules.ts'

/** Examples that need more than an emulator and a bucket: they are compiled only. */
const needsMore: readonly RegExp[] = [
  /\.example\b|rediss?:/, // a server of a hospital, or Redis
  /workerData|parentPort|worker\.ts/, // the thread of a pool or a lane
  /htj2k-decoder\/browser'/, // a browser
  /from 'vitest'/, // a test runner
  /jpeg-ls/, // a codec of the reader's own
]

/** How the first example of a README is called, if it only exports functions. */
const calls: Readonly<Record<string, string>> = {
  'export-files': `await writeFiles(instance, destination)`,
  'exporter-archive': `await exportToZip(datastoreId, 'study.zip')`,
  'exporter-dicomweb': `
    await storeAll(datastoreId, dicomwebUrl)
    const { readFileSync } = await import('node:fs')
    const { outcome } = JSON.parse(readFileSync('pacs-record/summary.json', 'utf8'))
    if (outcome !== 'complete') throw new Error(outcome)`,
  'exporter-dimse': `
    const { outcome } = await sendStudy(client, { datastoreId, studyInstanceUid, ...peer })
    if (outcome !== 'complete') throw new Error(outcome)`,
  'exporter-fs': `
    await save(instance)
    await exportTo(exporter, datastoreId, 'again')`,
  'exporter-s3': `await exportToBucket(datastoreId)`,
  'report-page': `await writePage('study')`,
  volumes: `await drawPlane(instances, 256, { center: 40, width: 400 })`,
}

test('examples of doc comments run, and print their comments', () => {
  const blocks = listDocCommentExamples().filter(canRun)
  expect(blocks.length).toBeGreaterThan(150)
  expect(
    runBlocks(
      'running-doc-comments',
      blocks.map((block) => ({ block: withPrints(block) })),
    ),
  ).toEqual([])
})

test('the code of Markdown files runs, the first example of every README among it', () => {
  const blocks = listMarkdownBlocks().filter((block) => isCompiled(block) && block.exemption === undefined)
  const toRun = blocks.filter((block) => canRun(block) || isFirst(block, blocks))
  expect(toRun.filter((block) => isFirst(block, blocks)).length).toBeGreaterThanOrEqual(packages.length)
  expect(
    runBlocks(
      'running-markdown',
      toRun.map((block) => called(block, isFirst(block, blocks))),
    ),
  ).toEqual([])
})

function isFirst(block: CodeBlock, blocks: readonly CodeBlock[]): boolean {
  return block === blocks.find(({ path }) => path === block.path) && block.path.endsWith('README.md')
}

/** A module that needs more than an emulator and a bucket is imported, and its functions are not called. */
function called(block: CodeBlock, isFirstOfReadme: boolean): BlockToRun {
  const folder = /^packages\/(.+)\/README\.md$/.exec(block.path)?.[1] ?? ''
  const call = isFirstOfReadme ? (calls[folder] ?? '') : ''
  const parameters = ['datastoreId', folder === 'dicomizer' ? 'imageSetId' : 'studyInstanceUid']
  return { block: { ...block, code: `${block.code}\n${call}` }, parameters }
}

function canRun({ code }: CodeBlock): boolean {
  return needsMore.every((pattern) => !pattern.test(code))
}

/** Turns `console.log(value) // comment` into a check that the comment is what is printed. */
function withPrints(block: CodeBlock): CodeBlock {
  const code = block.code.replaceAll(
    /console\.log\((.*)\) \/\/ (.*)$/gm,
    (_, values: string, comment: string) => `prints(${JSON.stringify(comment)}, ${values})`,
  )
  return { ...block, code }
}
