import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  /** What the comparison has to name. */
  readonly found: readonly string[]
}

describe.skipIf(mustSkip('the comparator itself', requirements))('the comparator itself', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'comparator-'))
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('finds each of many changes, and names nothing but what was changed', async () => {
    const changes = await changedFiles(folder)
    const { files } = await compareAll(changes.map(work), folder)
    const found = Object.fromEntries(
      files.map(({ name, differences }) => [name, differences.map(({ where }) => where)]),
    )
    expect(found).toEqual(Object.fromEntries(changes.map((change) => [change.name, change.found])))
    expect(changes.length).toBeGreaterThan(20)
  })
})

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
