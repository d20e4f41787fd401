import * as exporter from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'

test('exports what it says', () => {
  expect(Object.keys(exporter).sort()).toEqual([
    'ExporterClosedError',
    'FileNotReportedError',
    'InstanceLossError',
    'LaneError',
    'NothingSelectedError',
    'SelectorError',
    'WholeInstanceError',
    'createExporter',
    'formatSelector',
    'parseSelector',
  ])
})
