import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mediaLayout, parseLayout } from '@ahi-dicom/export-files'
import { instanceDouble } from './instance-double.ts'
import { memoryDestination } from './memory-destination.ts'
import { openExport } from './open-export.ts'

/** Matches at most eight components of at most eight characters A-Z, 0-9 and _ (PS3.10 8.2 and 8.5). */
const fileId = /^[A-Z0-9_]{1,8}(?:\/[A-Z0-9_]{1,8}){0,7}$/

const layout = parseLayout(mediaLayout)
const text = fc.string({ unit: 'binary' })
const uids = fc.record({ studyInstanceUid: text, seriesInstanceUid: text, sopInstanceUid: text })

describe('the media layout', () => {
  test('makes the same File IDs for the same UIDs', () => {
    fc.assert(
      fc.property(uids, text, (names, other) => {
        const path = layout.path(instanceDouble(names))
        expect(path).toMatch(fileId)
        expect(parseLayout(mediaLayout).path(instanceDouble(names))).toBe(path)
        expect(layout.alternative(path, other)).toMatch(fileId)
        expect(layout.alternative(path, other)).not.toBe(path)
      }),
    )
  })

  test('makes different File IDs for many instances', () => {
    const paths = Array.from({ length: 5000 }, (_, index) =>
      layout.path(instanceDouble({ sopInstanceUid: `1.2.3.${index}` })),
    )
    expect(new Set(paths).size).toBe(paths.length)
  })

  test('contains no patient data, so messages show its paths unchanged', () => {
    expect(layout.mask).toEqual([])
    const attributes = { PatientName: 'DOE^JANE', PatientID: 'P1' }
    expect(layout.path(instanceDouble({ attributes }))).toBe(layout.path(instanceDouble({})))
  })

  test('still makes the paths of earlier versions, which exports to resume contain', () => {
    expect(layout.path(instanceDouble())).toBe('DICOM/2FGYX9T2/9ERSRL4N/PA5E96CZ')
  })

  test('gives the same instance of two image sets different File IDs, and keeps them', async () => {
    const destination = memoryDestination()
    const instances = ['a', 'b'].map((id) => instanceDouble({ imageSetId: id.repeat(32) }))
    const write = async (mode: 'new' | 'resume'): Promise<readonly string[]> => {
      await using running = await openExport(destination, { layout: mediaLayout, mode })
      const paths: string[] = []
      for (const one of instances) for (const { path } of await running.export(one)) paths.push(path)
      return paths
    }
    const paths = await write('new')
    expect(paths).toEqual([expect.stringMatching(fileId), expect.stringMatching(fileId)])
    expect(new Set(paths).size).toBe(2)
    instances.reverse()
    expect(await write('resume')).toEqual(paths.toReversed())
  })
})
