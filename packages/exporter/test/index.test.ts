import * as exporter from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'

test('exports what it says', () => {
  expect(Object.keys(exporter).sort()).toEqual([
    'ExporterClosedError',
    'FileNotReportedError',
    'FilterError',
    'InstanceLossError',
    'LaneError',
    'NothingSelectedError',
    'SelectorError',
    'WholeInstanceError',
    'createExporter',
    'describeSelection',
    'equalsFilter',
    'excludeFilter',
    'formatSelector',
    'parseFilter',
    'parseSelector',
  ])
})
