import { estimateCost, estimateSeconds, type ExportPlan } from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'
import { formatPlan } from '../src/plan-text.ts'
import { displayWidth } from '../src/table.ts'

const bytes = { bytes: 8e12, accuracy: 'estimated' } as const

const plan: ExportPlan = {
  datastoreId: '0'.repeat(32),
  selection: { search: {}, filters: [{ name: 'Modality=CT,MR', decidedBy: 'summary' }] },
  imageSets: { selected: 1000, failed: 2 },
  storageTiers: { FREQUENT_ACCESS: 600, ARCHIVE_INSTANT_ACCESS: 400 },
  archivedBytes: 2e12,
  studies: 300,
  series: 1000,
  instances: 10_000,
  duplicates: 3,
  failedInstances: 4,
  frames: 10_000,
  bytesToFetch: bytes,
  bytesToWrite: bytes,
  files: { dcm: { files: 10_000, ...bytes } },
  unforeseenInstances: 0,
  requests: { SearchImageSets: 20, GetImageSetMetadata: 1000, GetImageFrame: 10_000 },
  disk: {
    neededBytes: 9e12,
    neededFiles: 11_300,
    free: { byteLength: 1e12, files: 1e7, blockByteLength: 4096 },
    fits: false,
  },
  errors: {},
  retryableOnly: false,
}

const report = { plan, atQuotas: estimateSeconds(plan), cost: estimateCost(plan) }

test('a plan asks for no room where a destination has no disk', () => {
  const disk = { neededBytes: 9e12, neededFiles: 11_300, free: undefined, fits: undefined }
  const destination = { name: 's3://bucket', cannot: {} }
  expect(formatPlan({ ...report, plan: { ...plan, disk } }, undefined)).toContain('9.00 TB needed')
  expect(formatPlan({ ...report, plan: { ...plan, disk }, destination }, undefined)).not.toContain('needed')
})

test.each([40, 60, 80])('a plan fits in %i columns, except for addresses', (columns) => {
  const text = formatPlan(report, columns)
  const wide = text.split('\n').filter((line) => displayWidth(line) > columns)
  expect(wide.filter((line) => !/^ +https:\S+$/.test(line))).toEqual([])
  expect(text.split(/\s+/)).toEqual(formatPlan(report, undefined).split(/\s+/))
})
