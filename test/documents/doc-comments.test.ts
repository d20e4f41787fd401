import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { CodeBlock } from './code-block.ts'
import { listDocCommentExamples } from './doc-comment-examples.ts'
import type { ExampleFailure } from './run-examples.ts'
import { modulePath, writeModules } from './write-modules.ts'

const runner = fileURLToPath(new URL('run-examples.ts', import.meta.url))

/** Examples that need more than an emulator: they are compiled only. */
const needsMore: readonly RegExp[] = [
  /\.example\b|rediss?:/, // a server of a hospital, or Redis
  /my-bucket/, // a bucket of S3
  /workerData|parentPort/, // the thread of a pool or a lane
  /htj2k-decoder\/browser'/, // a browser
]

test('examples of doc comments run, and print their comments', () => {
  const examples = listDocCommentExamples().filter(({ code }) => needsMore.every((pattern) => !pattern.test(code)))
  const folder = writeModules('running-doc-comments', examples.map(withPrints))
  const results = join(folder, 'results.json')
  const modules = examples.map((example) => join(folder, modulePath(example)))
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@ahi-dicom/source', runner, results, ...modules],
    { encoding: 'utf8', maxBuffer: 2 ** 26 },
  )
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  const failures: ExampleFailure[] = JSON.parse(readFileSync(results, 'utf8'))
  expect(failures.map(({ module, message }) => `${relative(folder, module)}: ${message}`)).toEqual([])
})

/** Turns `console.log(value) // comment` into a check that the comment is what is printed. */
function withPrints(block: CodeBlock): CodeBlock {
  const code = block.code.replaceAll(
    /console\.log\((.*)\) \/\/ (.*)$/gm,
    (_, values: string, comment: string) => `prints(${JSON.stringify(comment)}, ${values})`,
  )
  return { ...block, code }
}
