import { type Emulator } from '@ahi-dicom/ahi-emulator'
import { type MedicalImagingClient, paginateSearchImageSets } from '@aws-sdk/client-medical-imaging'
import { expect } from 'vitest'
import { test } from './ahi-fixture.ts'
import { readStudy } from './read-study.ts'

test('reads every frame of a study', async ({ ahi, client }) => {
  expect(await countFrames(ahi, client)).toBe(5) // 2 slices of a CT, 3 frames of an ultrasound
})

test('has frames sent again when the service is busy or the connection is lost', async ({ ahi, client }) => {
  ahi.faults.set({
    rules: [
      { operations: ['GetImageFrame'], times: 1, fault: { kind: 'error', code: 'ThrottlingException' } },
      { operations: ['GetImageFrame'], after: 3, times: 1, fault: { kind: 'reset' } },
    ],
  })
  expect(await countFrames(ahi, client)).toBe(5)
  expect(ahi.counters().requests['GetImageFrame']).toEqual({ '200': 5, '429': 1, aborted: 1 })
})

test('fails where it may not read frames', async ({ ahi, client }) => {
  ahi.faults.set({
    rules: [{ operations: ['GetImageFrame'], fault: { kind: 'error', code: 'AccessDeniedException' } }],
  })
  await expect(countFrames(ahi, client)).rejects.toMatchObject({ name: 'AccessDeniedException' })
})

async function countFrames({ datastoreId }: Emulator, client: MedicalImagingClient): Promise<number> {
  const { value: page } = await paginateSearchImageSets({ client }, { datastoreId }).next()
  const studyInstanceUid = page?.imageSetsMetadataSummaries?.[0]?.DICOMTags?.DICOMStudyInstanceUID ?? ''
  let frames = 0
  for await (const frame of readStudy(client, { datastoreId, studyInstanceUid })) frames += Number(frame.length > 0)
  return frames
}
