import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { packages } from './manifests.ts'

const repository = 'https://github.com/ahi-dicom/ahi-dicom'

describe.each(packages)('the manifest of $folder', ({ folder, manifest }) => {
  test('says what a registry and a reader need', () => {
    expect(manifest).toMatchObject({
      name: `@ahi-dicom/${folder}`,
      license: 'MIT',
      type: 'module',
      sideEffects: false,
      engines: { node: '>=22.13' },
      repository: { type: 'git', url: `git+${repository}.git`, directory: `packages/${folder}` },
      homepage: `${repository}/tree/main/packages/${folder}#readme`,
      bugs: { url: `${repository}/issues` },
      publishConfig: { access: 'public' },
    })
    expect(manifest.description.length).toBeGreaterThan(20)
    expect(manifest.files).toEqual(expect.arrayContaining(['dist', 'src']))
  })

  test('has the keywords that readers search for', () => {
    expect(manifest.keywords).toEqual([...new Set(manifest.keywords)].toSorted())
    expect(manifest.keywords.length).toBeGreaterThan(4)
    const isAboutHealthImaging = manifest.description.includes('HealthImaging')
    const expected = folder === 'runtime' ? [] : ['dicom', 'medical-imaging']
    if (isAboutHealthImaging) expected.push('aws-healthimaging')
    expect(manifest.keywords).toEqual(expect.arrayContaining(expected))
  })

  test('has the source condition first, then types, then the built modules, that of browsers first', () => {
    for (const [subpath, target] of Object.entries(manifest.exports)) {
      if (/\.(?:json|wasm)$/.test(subpath)) continue
      const conditions = Object.keys(target).filter((condition) => condition !== 'browser')
      expect(conditions).toEqual(['@ahi-dicom/source', 'types', 'default'])
      expect(Object.keys(target).at(-1)).toBe('default')
    }
  })

  test('pins no dependency of ours to a star and nothing to a tag', () => {
    const ranges = Object.values({ ...manifest.dependencies, ...manifest.devDependencies })
    expect(ranges.filter((range) => !/^\^?\d+\.\d+\.\d+/.test(range))).toEqual([])
  })

  test('comes with a README and a licence', () => {
    const present = ['README.md', 'LICENSE'].filter((name) =>
      existsSync(new URL(`../packages/${folder}/${name}`, import.meta.url)),
    )
    expect(present).toEqual(['README.md', 'LICENSE'])
  })
})

test('the command has no dependencies: all it needs is in its bundle', () => {
  const command = packages.filter(({ folder }) => folder === 'cli')
  expect(command.map(({ manifest }) => manifest.dependencies)).toEqual([undefined])
})
