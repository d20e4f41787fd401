"""Waveforms, spectroscopy, video."""

from __future__ import annotations

from pathlib import Path

import numpy
from pydicom.dataset import Dataset
from pydicom.uid import (
    AmbulatoryECGWaveformStorage,
    BasicVoiceAudioWaveformStorage,
    ExplicitVRBigEndian,
    MRSpectroscopyStorage,
    TwelveLeadECGWaveformStorage,
    UID,
    VideoEndoscopicImageStorage,
)

from objects.pictures import colour, describe
from objects.writing import code, instance, item, save, save_encoded, uid

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")


def write(folder: Path) -> None:
    waveforms(folder)
    spectroscopy(folder)
    video(folder)


def waveforms(folder: Path) -> None:
    samples = (numpy.sin(numpy.arange(500 * 12).reshape(500, 12) / 17) * 900).astype("<i2")
    ecg = instance(TwelveLeadECGWaveformStorage, "ecg", "ECG")
    ecg.AcquisitionDateTime = "20240229101112.000000"
    ecg.WaveformSequence = [group(samples, "SS", [channel(lead, 16) for lead in LEADS])]
    ecg.WaveformAnnotationSequence = [
        item(UnformattedTextValue="sinus rhythm", AnnotationGroupNumber=0),
        item(
            ConceptNameCodeSequence=[code("2:16016", "MDC", "RR interval")],
            NumericValue="812.5",
            MeasurementUnitsCodeSequence=[code("ms", "UCUM", "ms")],
            ReferencedWaveformChannels=[1, 0],
            TemporalRangeType="SEGMENT",
            ReferencedSamplePositions=[10, 400],
            AnnotationGroupNumber=1,
        ),
    ]
    save(folder, "ecg-12-lead", ecg)
    swapped = instance(TwelveLeadECGWaveformStorage, "ecg-big-endian", "ECG")
    swapped.WaveformSequence = [group(samples.astype(">i2"), "SS", [channel(lead, 16) for lead in LEADS])]
    save(folder, "ecg-big-endian", swapped, ExplicitVRBigEndian)
    audio = instance(BasicVoiceAudioWaveformStorage, "audio", "AU")
    bytes_of_audio = (128 + 100 * numpy.sin(numpy.arange(801) / 5)).astype("u1").reshape(801, 1)
    audio.WaveformSequence = [group(bytes_of_audio, "UB", [channel("I", 8)])]
    save(folder, "audio-8-bit-odd", audio)
    long = instance(AmbulatoryECGWaveformStorage, "ecg-long", "ECG")
    many = (numpy.arange(600_000) % 30_011 - 15_000).astype("<i2").reshape(-1, 2)
    long.WaveformSequence = [group(many, "SS", [channel("I", 16), channel("II", 16)])]
    save(folder, "ecg-above-1-mb", long)


def group(samples: numpy.ndarray, interpretation: str, channels: list[Dataset]) -> Dataset:
    bits = samples.dtype.itemsize * 8
    dataset = item(
        WaveformOriginality="ORIGINAL",
        NumberOfWaveformChannels=samples.shape[1],
        NumberOfWaveformSamples=samples.shape[0],
        SamplingFrequency="500",
        MultiplexGroupLabel="RHYTHM",
        ChannelDefinitionSequence=channels,
        WaveformBitsAllocated=bits,
        WaveformSampleInterpretation=interpretation,
    )
    vr = "OB" if bits == 8 else "OW"
    padding = samples[:1].tobytes()
    dataset.add_new(0x5400100A, vr, padding[: samples.dtype.itemsize])
    data = samples.tobytes()
    dataset.add_new(0x54001010, vr, data + b"\0" * (len(data) % 2))
    return dataset


def channel(lead: str, bits: int) -> Dataset:
    dataset = item(
        ChannelSourceSequence=[code(f"5.6.3-9-{LEADS.index(lead) + 1}", "SCPECG", f"Lead {lead}")],
        ChannelSensitivity="2.5",
        ChannelSensitivityUnitsSequence=[code("uV", "UCUM", "microvolt")],
        ChannelSensitivityCorrectionFactor="1",
        ChannelBaseline="0",
        ChannelSampleSkew="0",
        WaveformBitsStored=bits,
    )
    dataset.add_new(0x54000110, "OB" if bits == 8 else "OW", b"\x00\x80"[: bits // 8])
    return dataset


def spectroscopy(folder: Path) -> None:
    dataset = instance(MRSpectroscopyStorage, "spectroscopy", "MR")
    dataset.Rows, dataset.Columns, dataset.NumberOfFrames = 2, 2, 1
    dataset.DataPointRows, dataset.DataPointColumns = 1, 128
    dataset.DataRepresentation, dataset.SignalDomainColumns = "COMPLEX", "TIME"
    dataset.SpectralWidth, dataset.TransmitterFrequency = 1200.25, 63.87654321
    phases = numpy.arange(2 * 2 * 128) / 9
    dataset.SpectroscopyData = numpy.stack([numpy.cos(phases), numpy.sin(phases)], axis=-1).astype("<f4").tobytes()
    dataset.SharedFunctionalGroupsSequence = [item(PixelMeasuresSequence=[item(PixelSpacing=["10", "10"])])]
    dataset.PerFrameFunctionalGroupsSequence = [item(FrameContentSequence=[item(StackID="1")])]
    save(folder, "spectroscopy", dataset)


def video(folder: Path) -> None:
    """Nothing decodes these: what is between the ends of the byte stream is arbitrary."""
    for name, number, head in (
        ("mpeg2-main", "100", b"\0\0\1\xb3"),
        ("mpeg2-high", "101", b"\0\0\1\xb3"),
        ("mpeg2-fragmentable", "100.1", b"\0\0\1\xb3"),
        ("h264", "102", b"\0\0\0\1\x67"),
        ("h264-bluray", "103", b"\0\0\0\1\x67"),
        ("h264-42", "104", b"\0\0\0\1\x67"),
        ("h264-stereo", "106", b"\0\0\0\1\x67"),
        ("hevc-main", "107", b"\0\0\0\1\x40"),
        ("hevc-main-10", "108", b"\0\0\0\1\x40"),
    ):
        for suffix, length in (("", 4000), ("-odd", 4001)):
            dataset = video_instance(f"{name}{suffix}")
            stream = (head + bytes(range(1, 252)) * 16)[:length]
            save_encoded(folder, f"video-{name}{suffix}", dataset, UID(f"1.2.840.10008.1.2.4.{number}"), [stream])
    two = video_instance("two-fragments")
    stream = b"\0\0\0\1\x67" + bytes(range(1, 252)) * 20
    save_encoded(folder, "video-two-fragments", two, UID("1.2.840.10008.1.2.4.104.1"), [stream[:3000], stream[3000:] + b"\0"])
    two.NumberOfFrames = 25
    save(folder, "video-two-fragments", two, UID("1.2.840.10008.1.2.4.104.1"))


def video_instance(name: str) -> Dataset:
    dataset = describe(instance(VideoEndoscopicImageStorage, name, "ES"), colour(16, 32), photometric="YBR_PARTIAL_420")
    dataset.NumberOfFrames = 25
    dataset.FrameTime = "40"
    dataset.FrameIncrementPointer = 0x00181063
    dataset.CineRate = 25
    dataset.LossyImageCompression, dataset.LossyImageCompressionRatio = "01", "30"
    dataset.LossyImageCompressionMethod = "ISO_13818_2" if "mpeg2" in name else "ISO_14496_10"
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.SynchronizationFrameOfReferenceUID = uid(name, "synchronisation")
    return dataset
