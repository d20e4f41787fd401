import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { packages } from '../manifests.ts'
import { installPacked, packagesOf, type Installation } from './install-packed.ts'

/** The most packages that an install of each brings, itself included. The SDK of AWS alone is 68. */
const mostPackages: Readonly<Record<string, number>> = {
  runtime: 2,
  'ahi-metadata': 3,
  'dicom-standard': 5,
  'htj2k-decoder': 10,
  dicomizer: 15,
  renderer: 6,
  volumes: 7,
  'ahi-client': 82,
  'dicom-diff': 17,
  'export-files': 18,
  'exporter-archive': 54,
  'exporter-dicomweb': 94,
  'exporter-dimse': 19,
  'exporter-fs': 19,
  'exporter-s3': 134,
  'report-page': 22,
  'ahi-emulator': 122,
  exporter: 94,
  fleet: 112,
  cli: 1,
}

let installation: Installation

beforeAll(async () => {
  installation = await installPacked(inject('tarballs'))
})

afterAll(() => installation[Symbol.asyncDispose]())

describe('all packed packages, installed in an empty folder', () => {
  test.each(packages)('$manifest.name can be imported', async ({ manifest }) => {
    const code = `console.log(Object.keys(await import('${manifest.name}')).length)`
    expect(Number(await installation.run(process.execPath, '--input-type=module', '-e', code))).toBeGreaterThan(0)
  })

  test.each(packages)('$manifest.name brings few packages', ({ folder, manifest }) => {
    const names = packagesOf(manifest.name, installation.packages).map(({ path }) => path)
    expect(names).toContain(`node_modules/${manifest.name}`)
    expect(names.slice(mostPackages[folder])).toEqual([])
  })

  test('no package has an install script, but for a faster reader of messages that BullMQ does without', () => {
    const scripts = installation.packages.filter(({ hasInstallScript }) => hasInstallScript).map(({ path }) => path)
    // An optional dependency of msgpackr: where its script is not allowed to run, JavaScript does the same.
    expect(scripts.filter((path) => !path.endsWith('node_modules/msgpackr-extract'))).toEqual([])
  })

  test('the dcmjs data set says what to install', async () => {
    const code = `
      import { dicomizeInstance } from '@ahi-dicom/dicomizer'
      const instance = { DICOM: { SOPClassUID: '1.2.840.10008.5.1.4.1.1.7' }, DICOMVRs: {}, ImageFrames: [] }
      const levels = { patient: {}, study: { StudyInstanceUID: '1.2' }, series: { SeriesInstanceUID: '1.2.3' } }
      const uids = { datastoreId: 'a', imageSetId: 'b', seriesInstanceUid: '1.2.3', sopInstanceUid: '1.2.3.4' }
      try { console.log(dicomizeInstance({ ...uids, ...levels, instance }).dataset) } catch ({ code }) { console.log(code) }`
    expect(await installation.run(process.execPath, '--input-type=module', '-e', code)).toBe('DCMJS_MISSING\n')
  })
})
