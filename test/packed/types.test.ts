import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import root from '../../package.json' with { type: 'json' }
import { packages } from '../manifests.ts'
import { installPacked, type Installation } from './install-packed.ts'

/** The last three releases. */
const compilers = ['5.9.3', '6.0.3', '7.0.2']
const nodenext = { module: 'nodenext', moduleResolution: 'nodenext' }
const bundler = { module: 'esnext', moduleResolution: 'bundler' }

/** Each compiler with both settings and both resolutions. Each case takes a core for some seconds. */
const cases = compilers.flatMap((compiler) => [
  { compiler, ...nodenext, exactOptionalPropertyTypes: false },
  { compiler, ...bundler, exactOptionalPropertyTypes: true },
])

/** A module that uses the types of every entry of every package. */
const consumer = packages
  .flatMap(({ manifest }) => Object.keys(manifest.exports).map((entry) => manifest.name + entry.slice(1)))
  .filter((specifier) => !/\.(?:json|wasm)$/.test(specifier))
  .map((specifier, index) => `export * as entry${index} from '${specifier}'\n`)
  .join('')

let installation: Installation

beforeAll(async () => {
  const versions = compilers.map((version) => `typescript-${version}@npm:typescript@${version}`)
  const registry = [`@types/node@${root.devDependencies['@types/node']}`, ...versions]
  installation = await installPacked(inject('tarballs'), { registry })
  await writeFile(join(installation.folder, 'consumer.ts'), consumer)
})

afterAll(() => installation[Symbol.asyncDispose]())

// The compilers need most of the time of this suite, and each uses one core.
describe.concurrent('the types of all packed packages compile with strict and without skipLibCheck', () => {
  test.each(cases)(
    'TypeScript $compiler, $moduleResolution, exactOptionalPropertyTypes: $exactOptionalPropertyTypes',
    async ({ compiler, ...options }) => {
      const strict = { noEmit: true, strict: true, skipLibCheck: false, target: 'es2023', types: ['node'] }
      // A project of its own: newer compilers otherwise look for a tsconfig.json in the folders above.
      const project = `tsconfig.${Object.values({ compiler, ...options }).join('-')}.json`
      const content = { compilerOptions: { ...strict, ...options }, files: ['consumer.ts'] }
      await writeFile(join(installation.folder, project), JSON.stringify(content))
      const tsc = `node_modules/typescript-${compiler}/bin/tsc`
      expect(await installation.run(process.execPath, tsc, '--project', project)).toBe('')
    },
  )
})
