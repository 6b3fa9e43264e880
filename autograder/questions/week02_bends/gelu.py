"""GELU, exact."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Rng, question
from autograder.questions.week02_bends.formulas import around_zero, exact_gelu, stable_sigmoid


@question(points=5)
def gelu(z: Array) -> Any:
    """The exact Gaussian error linear unit: z * (1 + erf(z / sqrt(2))) / 2.

    Args:
        z: pre-activations, any shape, float64.

    Returns:
        z times the normal distribution's Phi(z); the shape of z, float64.

    Source: keras.ops.erf; Hendrycks & Gimpel 2016.
    """
    return exact_gelu(z)


@gelu.case("typical", weight=3)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-3, 3, (6, 5))}


@gelu.case("edge")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": around_zero(rng, 4, 1, 7)}


@gelu.case("stability", stability=True)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(30, 1e4, 15) * np.resize([1.0, -1.0], 15)}


@gelu.alternative("scipy-normal-distribution")
def _(z: Array) -> Any:
    from scipy.special import ndtr

    return z * ndtr(z)


@gelu.mistake("gelu-is-not-silu")
def _(z: Array) -> Any:
    """z * sigmoid(z) is SiLU, another bend; GELU is z * Phi(z).

    Phi(z) = (1 + erf(z / sqrt(2))) / 2 belongs to the normal distribution. It has a shape like the
    sigmoid's, but climbs faster.

    Check: gelu(1) should be 0.841345.
    """
    return z * stable_sigmoid(z)


@gelu.mistake("gelu-tanh-form-doubled")
def _(z: Array) -> Any:
    """1 + tanh(...) goes from 0 to 2, so it is halved; here the factor 0.5 is missing.

    For large z the result is 2 z; it should be nearly z. The tanh form is besides only an
    approximation of z * Phi(z), which this course uses.

    Check: gelu(100) should be 100.
    """
    return z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


@gelu.mistake("gelu-tanh-form", rows="A21", convention=True)
def _(z: Array) -> Any:
    """This is GELU's tanh approximation; this course uses z * Phi(z), with Phi from the exact erf.

    The approximation dates from when erf was slow, and GPT-2 uses it. It differs from the exact
    form by up to 0.0005, most near |z| = 2.7. Keras computes the exact form unless it is given
    approximate=True.

    Check: the exact gelu(2) is 1.954500, but the tanh approximation gives 1.954598.
    """
    return 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


@gelu.mistake("gelu-sigmoid-form", rows="A22", convention=True)
def _(z: Array) -> Any:
    """This is GELU's sigmoid approximation, z * sigmoid(1.702 z); this course uses z * Phi(z).

    The approximation differs from the exact form by up to 0.02. CLIP was trained with it.

    Check: the exact gelu(2) is 1.954500, but the sigmoid approximation gives 1.935659.
    """
    return z * stable_sigmoid(1.702 * z)


@gelu.mistake("erf-without-root-two", rows="A23")
def _(z: Array) -> Any:
    """Phi(z) is (1 + erf(z / sqrt(2))) / 2; without sqrt(2) the curve is narrower by that factor.

    erf belongs to a normal distribution of variance 1/2, and GELU needs the one of variance 1. The
    values at 0 and far from 0 are right, which hides the mistake.

    Check: Phi(1) is 0.841345; print that factor of your formula on its own.
    """
    from scipy.special import erf

    return 0.5 * z * (1 + erf(z))


@gelu.mistake("gelu-tanh-form-root-upside-down", rows="A23")
def _(z: Array) -> Any:
    """The tanh form contains sqrt(2 / pi), not sqrt(2 pi), and the question asks for the erf form.

    The two roots look alike in print, and here the factor is pi times too large. The course uses
    the exact form, with erf and without this constant.

    Next: reread the equation in the docstring; it has one root and no pi.
    """
    return 0.5 * z * (1 + np.tanh(np.sqrt(2 * np.pi) * (z + 0.044715 * z**3)))


@gelu.mistake("gelu-tanh-form-coefficient", rows="A23")
def _(z: Array) -> Any:
    """The cubic coefficient of the tanh form is 0.044715, ten times smaller than 0.44715.

    A missing zero makes the bend too steep around |z| = 1. The course uses the exact form, z *
    Phi(z) with erf, which has no such coefficient.

    Next: reread the equation in the docstring; it has no cubic term.
    """
    return 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.44715 * z**3)))


@gelu.mistake("gelu-tanh-form-cubic-missing", rows="A23")
def _(z: Array) -> Any:
    """tanh(sqrt(2 / pi) z) without its cubic term only roughly approximates erf(z / sqrt(2)).

    The approximation needs z + 0.044715 z^3 inside the tanh. The course uses the exact form,
    z * Phi(z) with erf, which needs neither.

    Next: reread the equation in the docstring; it uses erf, not tanh.
    """
    return 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * z))


@gelu.mistake("gelu-half-missing")
def _(z: Array) -> Any:
    """1 + erf runs from 0 to 2; the fraction of z that GELU lets through is half of that.

    Every value is exactly twice the expected one.

    Check: for a large z, gelu(z) should be z.
    """
    from scipy.special import erf

    return z * (1 + erf(z / np.sqrt(2)))


@gelu.mistake("gelu-gate-only")
def _(z: Array) -> Any:
    """This is Phi(z), the fraction of z that GELU lets through; GELU is that fraction times z.

    All values lie between 0 and 1, and the curve is S-shaped like a sigmoid.

    Check: gelu(0) should be 0, and gelu(10) should be 10.
    """
    from scipy.special import erf

    return 0.5 * (1 + erf(z / np.sqrt(2)))
