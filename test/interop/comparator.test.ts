import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compareInstances } from '@ahi-dicom/dicom-diff'
import { bytesInMemory } from '@ahi-dicom/dicom-standard/reader'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateFiles } from '../fidelity/generated-files.ts'
import { compareAll, runPython } from './comparison.ts'
import { COMPARATOR_MODULES, GENERATING_MODULES, mustSkip } from './tools.ts'

const requirements = { pythonModules: [...COMPARATOR_MODULES, ...GENERATING_MODULES] }

/** A changed copy of a file. */
interface Change {
  readonly name: string
  readonly original: string
  readonly path: string
  /** Differences that the comparison must name. */
  readonly found: readonly string[]
}

describe.skipIf(mustSkip('the comparator itself', requirements))('the comparator itself', () => {
  let folder: string
  let changes: readonly Change[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'comparator-'))
    changes = await changedFiles(folder)
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('finds each of many changes, and names nothing but what was changed', async () => {
    const { files } = await compareAll(changes.map(work), folder)
    const found = Object.fromEntries(
      files.map(({ name, differences }) => [name, differences.map(({ where }) => where)]),
    )
    expect(found).toEqual(Object.fromEntries(changes.map((change) => [change.name, change.found])))
    expect(changes.length).toBeGreaterThan(20)
  })

  test('dicom-diff finds the same changes', async () => {
    // Two fragments of a frame are the same frame: only an export has to have one.
    const compared = changes.filter(({ name }) => name !== 'a tile in two fragments')
    const found = new Map<string, readonly string[]>()
    for (const { name, original, path } of compared) {
      const [before, after] = [await readFile(original), await readFile(path)]
      const { differences } = await compareInstances(bytesInMemory(before), bytesInMemory(after))
      found.set(name, [...new Set(differences.map(({ attribute }) => attribute))])
    }
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(compared.map(({ name, found: named }) => [name, [...new Set(named.map(attributeOf))]])),
    )
  })
})

/** The attribute that a finding of the comparator in Python is about. */
function attributeOf(found: string): string {
  if (found.startsWith('pixels')) return 'PixelData'
  return found.replace(/ \((?:VR|items)\)$/, '').replace(/\(([0-9A-F]{4}),([0-9A-F]{4})\)$/i, '$1$2')
}

function work({ name, original, path }: Change): Parameters<typeof compareAll>[0][number] {
  return { name, original, outputs: [{ kind: 'explicit', path, transferSyntaxUid: '' }], warnings: [] }
}

async function changedFiles(folder: string): Promise<Change[]> {
  const generated = await generateFiles(join(folder, 'generated'), ['character_sets', 'enhanced', 'slides'])
  const pathOf = (name: string): string => generated.find((file) => file.name === name)?.path ?? name
  const target = join(folder, 'changed')
  await mkdir(target)
  const originals = ['enhanced/ct.dcm', 'slides/j2k-ict.dcm', 'character-sets/items.dcm'].map(pathOf)
  const changes = await runPython('change.py', [...originals, target])
  if (!Array.isArray(changes) || !changes.every(isChange)) throw new TypeError('change.py prints changes')
  return changes
}

function isChange(value: unknown): value is Change {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('found' in value)) return false
  return 'original' in value && 'path' in value && typeof value.original === 'string' && typeof value.path === 'string'
}
