import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storageSopClassUid } from '@ahi-dicom/dicom-standard/sop-classes'
import { mediaLayout, type ExportDescription } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { describe, expect, test } from 'vitest'
import { instanceDouble } from '../../packages/export-files/test/instance-double.ts'
import { openExport } from '../../packages/export-files/test/open-export.ts'
import { mustSkip } from './tools.ts'

const description: ExportDescription = {
  product: { name: 'test', version: '1' },
  datastoreId: instanceDouble().datastoreId,
  files: {
    formats: [{ name: 'dcm' }],
    transferSyntax: 'explicit',
    source: 'frames',
    headerOnly: false,
    layout: mediaLayout,
    dicomdir: true,
  },
}

const checker = 'dciodvfy'

/** A SOP class of each type of record. */
const classes = `CTImage RTDose RTStructureSet RTPlan RTBeamsTreatmentRecord GrayscaleSoftcopyPresentationState
  BlendingSoftcopyPresentationState TwelveLeadECGWaveform EnhancedSR KeyObjectSelectionDocument MRSpectroscopy RawData
  SpatialRegistration SpatialFiducials RealWorldValueMapping LensometryMeasurements SurfaceSegmentation SurfaceScanMesh
  TractographyResults MicroscopyBulkSimpleAnnotations EncapsulatedPDF ContentAssessmentResults RTPhysicianIntent
  StereometricRelationship RTBeamsDeliveryInstruction HangingProtocol ColorPalette GenericImplantTemplate
  ImplantAssemblyTemplate ImplantTemplateGroup`.split(/\s+/)

const image = { ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.2', ReferencedSOPInstanceUID: '1.2.3.4.1' }
const series = [{ SeriesInstanceUID: '1.2.3.4', ReferencedImageSequence: [image] }]
const blended = { StudyInstanceUID: '1.2.3', ReferencedSeriesSequence: series }

/** Instances that the instances refer to. They have nothing else: values of all other keys are invented. */
const references = {
  CTImage: { Rows: 1 },
  GrayscaleSoftcopyPresentationState: { ReferencedSeriesSequence: series },
  BlendingSoftcopyPresentationState: {
    BlendingSequence: [blended, blended],
  },
  MRSpectroscopy: { ReferencedImageEvidenceSequence: [image] },
}

/** Types of records that this version of dciodvfy does not know; dcmtk and pydicom do. */
const newerTypes = ['ANNOTATION', 'ASSESSMENT', 'PLAN', 'SURFACE SCAN', 'TRACT']

describe.skipIf(mustSkip('records of every type', { commands: [checker] }))('records of every type', () => {
  test('have the keys that dciodvfy asks for', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'records-'))
    await using running = await openExport(folderDestination({ directory }), { layout: mediaLayout, description })
    for (const [index, name] of classes.entries()) {
      const sopClassUid = storageSopClassUid(`${name}Storage`) ?? ''
      const attributes = new Map(Object.entries(references)).get(name) ?? {}
      await running.export(instanceDouble({ sopClassUid, sopInstanceUid: `1.2.3.4.${index}`, attributes }))
    }
    expect(await running.record.writeDicomdir()).toEqual([])
    const errors = await errorsOf(join(directory, 'DICOMDIR'))
    await rm(directory, { recursive: true })
    expect(errors).toEqual(
      newerTypes.map(
        (type) => `Error - Unrecognized enumerated value <${type}> for value 1 of attribute <Directory Record Type>`,
      ),
    )
  })
})

function errorsOf(path: string): Promise<readonly string[]> {
  return new Promise((resolve) => {
    // It ends with 1 if it has found something.
    execFile(checker, [path], (_, stdout, stderr) => {
      const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.startsWith('Error'))
      resolve(lines.toSorted())
    })
  })
}
