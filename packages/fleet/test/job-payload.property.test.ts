import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FleetError } from '../src/errors.ts'
import { formatJobFailure, parseJobFailure } from '../src/job/job-failure.ts'
import { jobIdOf, parseJobId } from '../src/job/job-id.ts'
import { formatJobData, parseJob, type JobPayload } from '../src/job/job-payload.ts'

const idCharacter = fc.constantFrom(...Array.from('0123456789abcdefghijklmnopqrstuvwxyz'))
const imageSetId = fc.string({ unit: idCharacter, minLength: 32, maxLength: 32 })
const versionId = fc.integer({ min: 1, max: 99_999 }).map(String)
const uid = fc.oneof(
  fc.stringMatching(/^[1-9][0-9.]{0,62}[0-9]$/),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 256 }),
)
const selector = fc.record({
  studyInstanceUid: uid,
  seriesInstanceUid: uid,
  sopInstanceUid: fc.option(uid, { nil: undefined }),
})
const payload: fc.Arbitrary<JobPayload> = fc.record({
  imageSetId,
  versionId,
  part: fc.integer({ min: 1, max: 1_000_000 }),
  selectors: fc.array(selector, { maxLength: 5 }),
  after: fc.array(fc.record({ imageSetId, versionId, selectors: fc.array(selector, { maxLength: 3 }) }), {
    maxLength: 5,
  }),
  only: fc.option(
    fc.array(fc.record({ seriesInstanceUid: uid, sopInstanceUid: uid }), { minLength: 1, maxLength: 5 }),
    {
      nil: undefined,
    },
  ),
  failures: fc.option(fc.array(fc.stringMatching(/^[\w-]{16}$/), { minLength: 1, maxLength: 5 }), { nil: undefined }),
})

test('a job id is parsed back into its parts', () => {
  fc.assert(
    fc.property(payload, ({ imageSetId: id, versionId: version, part }) => {
      const key = { imageSetId: id, versionId: version, part }
      expect(parseJobId(jobIdOf(key))).toEqual(key)
    }),
  )
})

test('the data of a job survives JSON, or formatting refuses it', () => {
  fc.assert(
    fc.property(payload, (written) => {
      const data = formatted(written)
      if (data === undefined) return
      const read = parseJob({ id: jobIdOf(written), data: JSON.parse(JSON.stringify(data)) })
      expect(read).toEqual(written)
    }),
  )
})

function formatted(written: JobPayload): unknown {
  try {
    return formatJobData(written)
  } catch (error) {
    if (error instanceof FleetError && error.code === 'FLEET_JOB_MALFORMED') return undefined
    throw error
  }
}

test('a job with standard UIDs is formatted', () => {
  const plain = { imageSetId: 'a'.repeat(32), versionId: '1', part: 1, selectors: [], after: [] }
  const key = { seriesInstanceUid: '1.2', sopInstanceUid: '1.2.3' }
  expect(formatJobData(plain)).toEqual({})
  const narrowed = { ...plain, only: [key], selectors: [{ studyInstanceUid: '1', ...key }] }
  expect(formatJobData(narrowed)).toEqual({ only: ['1.2/1.2.3'], selectors: ['1/1.2/1.2.3'] })
  const [one, two] = ['b', 'c'].map((letter) => ({ ...plain, imageSetId: letter.repeat(32) }))
  const after = [one, two && { ...two, selectors: narrowed.selectors }].flatMap((earlier) => earlier ?? [])
  expect(formatJobData({ ...plain, after })).toEqual({
    after: [
      ['b'.repeat(32), '1'],
      ['c'.repeat(32), '1', ['1/1.2/1.2.3']],
    ],
  })
})

test('a job with a selector of an earlier image set that cannot be read back is not formatted', () => {
  const imageSet = { imageSetId: 'a'.repeat(32), versionId: '1', part: 1, selectors: [], after: [] }
  const selectors = [{ studyInstanceUid: '1/2', seriesInstanceUid: '1.2' }]
  const after = [{ imageSetId: 'b'.repeat(32), versionId: '1', selectors }]
  expect(formatted({ ...imageSet, after })).toBe(undefined)
})

describe('a job that no fleet has written', () => {
  test('is parsed or refused with FLEET_JOB_MALFORMED', () => {
    fc.assert(
      fc.property(fc.string(), fc.anything(), (id, data) => {
        expect(outcomeOf(id, data)).toBe('FLEET_JOB_MALFORMED')
      }),
    )
    const member = fc.oneof(fc.anything(), fc.array(fc.oneof(fc.string(), fc.array(fc.string()), fc.anything())))
    const data = fc.record({ selectors: member, after: member, only: member, other: member }, { requiredKeys: [] })
    fc.assert(
      fc.property(data, (value) => {
        expect(['read', 'FLEET_JOB_MALFORMED']).toContain(outcomeOf(`${'a'.repeat(32)}-1`, value))
      }),
    )
  })

  test.each<[string, unknown]>([
    ['x', {}],
    ['a'.repeat(32), {}],
    [`${'a'.repeat(32)}-0`, {}],
    [`${'a'.repeat(32)}-1-1`, {}],
    [`${'a'.repeat(32)}-1-0`, {}],
    [`${'A'.repeat(32)}-1`, {}],
    [`../../${'a'.repeat(26)}-1`, {}],
    [`${'a'.repeat(32)}-1`, null],
    [`${'a'.repeat(32)}-1`, []],
    [`${'a'.repeat(32)}-1`, { path: '/etc/passwd' }],
    [`${'a'.repeat(32)}-1`, { selectors: [] }],
    [`${'a'.repeat(32)}-1`, { selectors: ['a'.repeat(32)] }],
    [`${'a'.repeat(32)}-1`, { selectors: ['1/2/3/4'] }],
    [`${'a'.repeat(32)}-1`, { after: [['a'.repeat(32)]] }],
    [`${'a'.repeat(32)}-1`, { after: [['a'.repeat(32), '1', '2']] }],
    [`${'a'.repeat(32)}-1`, { after: [['a'.repeat(32), '1', []]] }],
    [`${'a'.repeat(32)}-1`, { after: [['a'.repeat(32), '1', ['1/2/3/4']]] }],
    [`${'a'.repeat(32)}-1`, { after: [['a'.repeat(32), '1', ['1', 'a'.repeat(32)]]] }],
    [`${'a'.repeat(32)}-1`, { after: [['a'.repeat(32), '1', ['1'], '2']] }],
    [`${'a'.repeat(32)}-1`, { only: ['1.2'] }],
    [`${'a'.repeat(32)}-1`, { only: ['1/2\n'] }],
    [`${'a'.repeat(32)}-1`, { only: Array.from({ length: 501 }, (_, index) => `1/${index + 1}`) }],
  ])('is refused: %j %j', (id, data) => {
    expect(outcomeOf(id, data)).toBe('FLEET_JOB_MALFORMED')
  })

  test('is named in the error without control characters', () => {
    expect(() => parseJob({ id: '\u001B[2J', data: {} })).toThrow("Cannot run job '\u{FFFD}[2J'")
  })
})

function outcomeOf(id: string, data: unknown): unknown {
  try {
    parseJob({ id, data })
    return 'read'
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

test('the reason of a failed job is parsed back, and any other text means FLEET_JOB_LOST', () => {
  const code = fc.stringMatching(/^[A-Z][A-Z_]{0,30}$/)
  fc.assert(
    fc.property(code, fc.stringMatching(/^[ -~]{0,200}$/), fc.boolean(), (name, message, retryable) => {
      const failure = { code: name, message, retryable }
      expect(parseJobFailure(formatJobFailure(failure))).toEqual(failure)
    }),
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseJobFailure(text)).toMatchObject({ code: 'FLEET_JOB_LOST', retryable: true })
    }),
  )
})
