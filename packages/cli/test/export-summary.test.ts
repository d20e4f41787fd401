import type { JobSummary } from '@ahi-dicom/exporter'
import { archiveDestination } from '@ahi-dicom/exporter-archive'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { describe, expect, test } from 'vitest'
import { inCommandWords } from '../src/command-words.ts'
import type { OpenOutput } from '../src/destinations/destination-kind.ts'
import { exportExitCode, formatExportSummary, tellEnd, tellFailure, tellWarning } from '../src/export-summary.ts'
import { createLog, type Log } from '../src/log.ts'

const output: OpenOutput = {
  destination: folderDestination({ directory: 'out' }),
  recordFile: (name) => `out/${name}`,
}

const complete: JobSummary = {
  outcome: 'complete',
  datastoreId: 'd'.repeat(32),
  startedAt: '2026-01-02T03:04:05.000Z',
  seconds: 2,
  imageSets: { selected: 1, failed: 0 },
  instances: { selected: 3, written: 3, skipped: 0, failed: 0, unfinished: 0 },
  duplicates: 0,
  frames: 3,
  unverifiedFrames: 0,
  unverifiedInstances: 0,
  uncheckedInstances: 0,
  files: 3,
  bytesFetched: 1000,
  bytesWritten: 2000,
  errors: {},
  warnings: {},
  checksumMismatches: 0,
  retryableOnly: false,
}

test('warnings are pointed to, and leave the exit code alone', () => {
  const summary = { ...complete, warnings: { CHARACTER_SET_CHANGED: 2, PIXELS_NOT_DECODED: 1 } }
  expect(formatExportSummary(summary, output)).toBe(
    '3 instances written, 3 frames, 3 files, 2.00 kB in 2.0 s, 1.00 kB/s\nto out\n' +
      'warnings: out/warnings.ndjson (CHARACTER_SET_CHANGED 2, PIXELS_NOT_DECODED 1)\n',
  )
  expect(exportExitCode(summary)).toBe(0)
})

function said(tell: (log: Log) => void): string[] {
  const lines: string[] = []
  tell(createLog({ level: 'warn', format: 'text', writeLine: (line) => lines.push(line) }))
  return lines
}

describe('what no record names', () => {
  const { destination } = output
  const at = {
    datastoreId: 'd'.repeat(32),
    imageSetId: 'i'.repeat(32),
    studyInstanceUid: '1.2',
    seriesInstanceUid: '1.2.3',
  }
  const instance = { ...at, sopInstanceUid: '1.2.3.4' }
  const failed = { code: 'FRAME_DAMAGED', message: 'the frame is damaged', retryable: false }

  test('is said of each instance, once', () => {
    expect(said((log) => tellFailure({ ...instance, ...failed }, { destination }, log))).toEqual([
      'ahi-dicom: instance 1.2.3.4: the frame is damaged',
    ])
    const named = { ...instance, ...failed, message: 'Cannot store instance 1.2.3.4' }
    expect(said((log) => tellFailure(named, { destination }, log))).toEqual([`ahi-dicom: ${named.message}`])
    expect(said((log) => tellFailure({ ...instance, ...failed }, output, log))).toEqual([])
  })

  test('is said of image sets, and not of what ends the job', () => {
    expect(said((log) => tellFailure({ ...at, ...failed }, { destination }, log))).toEqual([
      `ahi-dicom: image set ${at.imageSetId}: the frame is damaged`,
    ])
    expect(said((log) => tellFailure({ datastoreId: at.datastoreId, ...failed }, { destination }, log))).toEqual([])
  })

  test('is said of warnings', () => {
    const message = 'frames could not be verified'
    const warning = { ...instance, versionId: '1', code: 'FRAMES_UNVERIFIED', message, instances: 3 } as const
    expect(said((log) => tellWarning(warning, { destination }, log))).toEqual([
      `ahi-dicom: instance 1.2.3.4 and 2 others of its series: ${message}`,
    ])
    expect(said((log) => tellWarning({ ...warning, tag: '200D1001', instances: 1 }, { destination }, log))).toEqual([
      `ahi-dicom: instance 1.2.3.4, attribute 200D1001: ${message}`,
    ])
    expect(said((log) => tellWarning(warning, output, log))).toEqual([])
  })
})

test('a search that failed is not called one that matched nothing', () => {
  const nothing = { selected: 0, written: 0, skipped: 0, failed: 0, unfinished: 0 }
  const summary = { ...complete, instances: nothing, imageSets: { selected: 0, failed: 0 } }
  const said = 'nothing matched the selection'
  expect(formatExportSummary({ ...summary, outcome: 'nothing-selected' }, output)).toContain(said)
  expect(formatExportSummary({ ...summary, outcome: 'fatal' }, output)).not.toContain(said)
})

test('instances that could not be verified have an exit code of their own', () => {
  const warnings = { FRAMES_UNVERIFIED: 2 }
  const summary = { ...complete, outcome: 'unverified', unverifiedInstances: 2, unverifiedFrames: 2, warnings } as const
  expect(formatExportSummary(summary, output)).toContain('2 instances could not be verified\n')
  expect(formatExportSummary(summary, output)).toContain('out/warnings.ndjson (FRAMES_UNVERIFIED 2)\n')
  expect(exportExitCode(summary)).toBe(6)
})

test('verification that was turned off is said, and leaves the exit code alone', () => {
  const summary = { ...complete, uncheckedInstances: 3, unverifiedFrames: 3 }
  expect(formatExportSummary(summary, output)).toContain('3 instances not verified: verification was turned off\n')
  expect(exportExitCode(summary)).toBe(0)
})

test('an export is resumed, and a sync run again', () => {
  const counts = { new: 0, updated: 0, unchanged: 0, gone: 0, deleted: 0 }
  const outcomes = ['interrupted', 'failed', 'fatal', 'retryable', 'checksum-mismatch'] as const
  for (const outcome of outcomes) {
    expect(formatExportSummary({ ...complete, outcome }, output)).toContain('run it again with --resume')
    const sync = { imageSets: counts, instances: counts }
    expect(formatExportSummary({ ...complete, outcome, sync }, output)).toMatch(/run it again(?! with)/)
  }
})

test('of an export that did not come to its end, an archive has nothing to point to', () => {
  const ofArchive = {
    destination: archiveDestination({ path: 'x.zip' }),
    recordFile: (name: string) => `${name} in x.zip`,
    leftUnfinished: 'x.zip is unchanged',
  }
  const ended = { ...complete, warnings: { PIXELS_NOT_DECODED: 1 } }
  const fatal = { code: 'OUTPUT_DISK_FULL', message: 'full' } as const
  const said = [
    formatExportSummary({ ...ended, outcome: 'interrupted' }, ofArchive),
    formatExportSummary({ ...ended, outcome: 'fatal', fatal }, ofArchive),
    formatExportSummary({ ...ended, outcome: 'nothing-selected' }, ofArchive),
  ]
  for (const text of said) {
    expect(text).toContain('\nx.zip is unchanged\n')
    expect(text).not.toMatch(/to x\.zip|in x\.zip|for the rest/)
  }
  expect(formatExportSummary({ ...ended, outcome: 'failed' }, ofArchive)).toContain('warnings.ndjson in x.zip')
})

test('a file that could not be written is named, and not pointed to', () => {
  const unrecorded = [
    { name: 'errors.ndjson', message: "Cannot open: free some, then resume it (mode 'resume')", entries: 2 },
    { name: 'summary.json', message: 'Cannot write', entries: 1 },
  ]
  const summary = { ...complete, outcome: 'fatal', errors: { OUTPUT_DISK_FULL: 2 }, unrecorded } as const
  expect(formatExportSummary(summary, output)).not.toContain('errors.ndjson')
  expect(exportExitCode(summary)).toBe(7)
  const lines: string[] = []
  tellEnd(summary, createLog({ level: 'error', format: 'text', writeLine: (line) => lines.push(line) }))
  expect(lines).toEqual([
    'ahi-dicom: errors.ndjson is not complete, 2 lines missing: Cannot open: free some, then resume it (--resume)',
    'ahi-dicom: summary.json is not complete: Cannot write',
  ])
})

test('what ends a job is told programs with the exit code', () => {
  const fatal = { code: 'AHI_CREDENTIALS', message: 'Cannot search' }
  const lines: string[] = []
  const log = createLog({ level: 'error', format: 'json', writeLine: (line) => lines.push(line) })
  tellEnd({ ...complete, outcome: 'fatal', fatal }, log)
  const told: unknown[] = lines.map((line) => JSON.parse(line))
  expect(told).toMatchObject([{ event: 'failed', code: 'AHI_CREDENTIALS', exitCode: 7 }])
})

test.each([
  [
    'Cannot start a thread: EMFILE',
    '; raise the limit of open files (ulimit -n), or lower --concurrency and --threads',
  ],
  ['too many files are open; raise it (ulimit -n), or lower the concurrency (EMFILE)', ''],
  ['the disk is full', ''],
])('a message gets the options that help: %s', (message, added) => {
  expect(inCommandWords(message)).toBe(message.replace('the concurrency', '--concurrency') + added)
})

test('what a file lacks is pointed to as a failure', () => {
  const instances = { ...complete.instances, written: 2, failed: 1 }
  const summary = { ...complete, outcome: 'failed', instances, errors: { ATTRIBUTE_NOT_WRITTEN: 1 } } as const
  expect(formatExportSummary(summary, output)).toContain('errors: out/errors.ndjson (ATTRIBUTE_NOT_WRITTEN 1)\n')
  expect(exportExitCode(summary)).toBe(1)
})

test.each([
  [{ VOLUME_GAP: 2, VOLUME_GEOMETRY_MISSING: 1 }, 'select others with --modality or --exclude'],
  [{ VOLUME_GAP: 2, FRAME_MISSING: 1 }, 'run it again with --resume'],
])('series that make no volume are left out, not resumed: %o', (errors, advice) => {
  expect(formatExportSummary({ ...complete, outcome: 'failed', errors }, output)).toContain(advice)
})

test('requests are told by operation, with what the service slowed down', () => {
  const none = { repeated: 0, throttled: 0, secondsWaited: 0, bytes: 0 }
  const requests = {
    SearchImageSets: { ...none, requests: 1 },
    GetImageFrame: { requests: 12_345, repeated: 1200, throttled: 3, secondsWaited: 4.21, bytes: 9 },
  }
  expect(formatExportSummary({ ...complete, requests }, output)).toContain(
    '\nrequests: SearchImageSets 1, GetImageFrame 12,345 (1,200 repeated, 3 throttled, 4.2 s waited)\n',
  )
})

test.each(['checksum-mismatch', 'retryable', 'failed', 'fatal', 'interrupted'] as const)(
  'a sync that ends as %s does not advise an option that only an export has',
  (outcome) => {
    const none = { new: 0, updated: 0, unchanged: 0, gone: 0, deleted: 0 }
    const sync = { imageSets: none, instances: none }
    expect(formatExportSummary({ ...complete, outcome }, output)).toContain('run it again with --resume')
    expect(formatExportSummary({ ...complete, outcome, sync }, output)).toMatch(/run it again(?! with --resume)/)
  },
)
