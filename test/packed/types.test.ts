import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import root from '../../package.json' with { type: 'json' }
import { packages } from '../manifests.ts'
import { installPacked, type Installation } from './install-packed.ts'

/** The last three releases. */
const compilers = ['5.9.3', '6.0.3', '7.0.2']
const resolutions = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
]

const cases = compilers.flatMap((compiler) =>
  resolutions.flatMap((resolution) =>
    [true, false].map((exactOptionalPropertyTypes) => ({ compiler, ...resolution, exactOptionalPropertyTypes })),
  ),
)

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

describe('the types of all packed packages compile with strict and without skipLibCheck', () => {
  test.each(cases)(
    'TypeScript $compiler, $moduleResolution, exactOptionalPropertyTypes: $exactOptionalPropertyTypes',
    async ({ compiler, module, moduleResolution, exactOptionalPropertyTypes }) => {
      const flags = { module, moduleResolution, exactOptionalPropertyTypes, target: 'es2023', types: 'node' }
      const options = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)])
      const tsc = `node_modules/typescript-${compiler}/bin/tsc`
      const strict = ['--noEmit', '--strict', '--skipLibCheck', 'false']
      expect(await installation.run(process.execPath, tsc, ...strict, ...options, 'consumer.ts')).toBe('')
    },
  )
})
