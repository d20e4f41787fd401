import { imageSetInstances } from '@ahi-dicom/ahi-metadata'
import { expect, test } from 'vitest'
import { addOutcome, createJobInstance, type JobInstance, type Outcome } from '../src/job/job-instance.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'

const unchecked = { kind: 'written', frames: { written: 2, unverified: 2 }, checksum: 'skipped' } as const
const verified = { kind: 'written', frames: { written: 2, unverified: 0 }, checksum: 'verified' } as const
const without = { kind: 'written', frames: { written: 0, unverified: 0 }, checksum: 'none' } as const
const skipped = { kind: 'skipped', checksum: 'verified' } as const

function outcomeOf(outcomes: readonly Outcome[]): Outcome | undefined {
  const instance = makeInstance(outcomes.length)
  for (const outcome of outcomes) addOutcome(instance, outcome)
  return instance.outcome
}

function makeInstance(items: number): JobInstance {
  const { metadata } = makeImageSet({ imageSetId: 'a'.repeat(32), instances: { '1.1': { frames: 2 } } })
  const [entry] = imageSetInstances(metadata)
  if (entry === undefined) throw new Error('expected an instance')
  const uids = { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.4', sopInstanceUid: '1.1' }
  const key = { datastoreId, imageSetId: 'a'.repeat(32), versionId: '1', ...uids }
  return createJobInstance({ key, entry }, items)
}

test.each<[string, Outcome, Outcome, Outcome]>([
  ['the frames of a file without verification', unchecked, verified, unchecked],
  ['the frames of a series, if the instance has no file', without, verified, { ...verified, checksum: 'verified' }],
  ['what is written, if the rest is there', skipped, unchecked, unchecked],
])('an instance counts %s, whichever item ends first', (_, one, other, together) => {
  expect(outcomeOf([one, other])).toEqual(together)
  expect(outcomeOf([other, one])).toEqual(together)
})
