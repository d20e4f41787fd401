"""Objects without pixels: reports, key objects, presentation states, encapsulated documents."""

from __future__ import annotations

from pathlib import Path

import highdicom
import numpy
from highdicom.ko import KeyObjectSelection, KeyObjectSelectionDocument
from highdicom.pr import GrayscaleSoftcopyPresentationState
from highdicom.sr import (
    Comprehensive3DSR,
    DeviceObserverIdentifyingAttributes,
    FindingSite,
    ImageRegion3D,
    Measurement,
    MeasurementReport,
    ObservationContext,
    ObserverContext,
    PersonObserverIdentifyingAttributes,
    PlanarROIMeasurementsAndQualitativeEvaluations,
    TrackingIdentifier,
)
from pydicom.sr.codedict import codes
from pydicom.uid import CTImageStorage

from objects.enhanced import slices
from objects.writing import item, run, save, uid


def write(folder: Path) -> None:
    sources = slices("documented", CTImageStorage, "CT")
    report(folder, sources)
    selection(folder, sources)
    presentation(folder, sources)
    encapsulated(folder)


def report(folder: Path, sources: list) -> None:
    """TID 1500, nested nine levels deep, and a text that xml2dsr made of it."""
    context = ObservationContext(
        observer_person_context=ObserverContext(codes.DCM.Person, PersonObserverIdentifyingAttributes("Observer^Ä"))
    )
    measurement = Measurement(codes.SCT.Diameter, 12.375, codes.UCUM.Millimeter)
    region = ImageRegion3D(
        highdicom.sr.GraphicTypeValues3D.POLYLINE,
        numpy.array([[1.5, 2, 3], [4, 5.25, 3], [1, 1, 3]]),
        sources[0].FrameOfReferenceUID,
    )
    group = PlanarROIMeasurementsAndQualitativeEvaluations(
        TrackingIdentifier(uid("tracking"), "Lesion 1"),
        referenced_region=region,
        finding_type=codes.SCT.Tumor,
        measurements=[measurement],
        finding_sites=[FindingSite(codes.SCT.Lung)],
    )
    content = MeasurementReport(context, codes.LN.CTUnspecifiedBodyRegion, [group])
    document = Comprehensive3DSR(
        sources, content[0], uid("sr", "series"), 3, uid("sr"), 1, "Generated", is_complete=True, is_final=True
    )
    path = save(folder, "sr-tid-1500", document)
    xml = folder / "report.xml"
    run("sh", "-c", f'dsr2xml +Wt "{path}" > "{xml}"')
    run("xml2dsr", xml, folder / "sr-by-dcmtk.dcm")
    xml.unlink()


def selection(folder: Path, sources: list) -> None:
    content = KeyObjectSelection(codes.DCM.OfInterest, sources, description="Über die Auswahl\r\nzweite Zeile")
    save(folder, "key-objects", KeyObjectSelectionDocument(sources, content, uid("ko", "series"), 4, uid("ko"), 1, "Generated"))


def presentation(folder: Path, sources: list) -> None:
    lut = highdicom.PresentationLUT(0, numpy.linspace(0, 0xFFFF, 256).astype("u2"))
    graphics = highdicom.pr.GraphicAnnotation(
        sources,
        highdicom.pr.GraphicLayer("FIRST", 1),
        graphic_objects=[highdicom.pr.GraphicObject("POLYLINE", numpy.array([[1.5, 2.5], [9, 9]]), units="PIXEL")],
        text_objects=[highdicom.pr.TextObject("two lines\r\nof text", units="PIXEL", anchor_point=(4.0, 5.0))],
    )
    state = GrayscaleSoftcopyPresentationState(
        sources, uid("pr", "series"), 5, uid("pr"), 1, "Generated", "Fidelity", "1", "0", "STATE",
        concept_name=None,
        graphic_layers=[highdicom.pr.GraphicLayer("FIRST", 1)],
        graphic_annotations=[graphics],
        voi_lut_transformations=[highdicom.pr.SoftcopyVOILUTTransformation(40, 400, "SOFT", referenced_images=highdicom.pr.content.ReferencedImageSequence(sources))],
        presentation_lut_transformation=highdicom.PresentationLUTTransformation(presentation_lut=lut),
    )
    save(folder, "presentation-state", state)


def encapsulated(folder: Path) -> None:
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    cda = (
        b'<?xml version="1.0"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3"><typeId root="2.16.840.1.113883.1.3" '
        b'extension="POCD_HD000040"/><id root="2.25.1"/><code code="34133-9" codeSystem="2.16.840.1.113883.6.1" '
        b'codeSystemName="LOINC" displayName="Summary"/><title>Summary</title><effectiveTime value="20240229"/>'
        b'<recordTarget><patientRole><id extension="F1" root="2.25.2"/><patient><name><given>Generated</given><family>Fidelity</family>'
        b'</name><administrativeGenderCode code="M"/><birthTime value="19700101"/></patient></patientRole></recordTarget>'
        b"</ClinicalDocument>\n"
    )
    stl = b"generated".ljust(80) + (1).to_bytes(4, "little") + bytes(range(50))
    padding = b"% " + bytes(range(32, 127)) * 16_000 + b"\n%%EOF\n"
    for name, program, extension, data in (
        ("pdf", "pdf2dcm", "pdf", pdf),
        ("pdf-above-1-mb", "pdf2dcm", "pdf", pdf + padding),
        ("cda", "cda2dcm", "xml", cda),
        ("stl", "stl2dcm", "stl", stl),
        ("stl-above-1-mb", "stl2dcm", "stl", stl[:80] + (25_000).to_bytes(4, "little") + bytes(range(50)) * 25_000),
    ):
        source = folder / f"source.{extension}"
        source.write_bytes(data)
        run(program, source, folder / f"{name}.dcm", "+t", "Summary", "+pn", "Fidelity^Generated^^^", "+pi", "F1")
        source.unlink()
