"""`vqabot bench equality`: that speed changes no answer."""

from __future__ import annotations

import json
import sys

import click


@click.command(epilog="Example: vqabot bench equality --number 500")
@click.option("--model", default="builtin", show_default=True, help="A folder, a ZIP or a hub id.")
@click.option("--number", type=click.IntRange(1), default=500, show_default=True, help="Requests.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed asks the same.")
@click.option("--device", default="cpu", show_default=True, help="cpu or cuda.")
@click.option("--json", "as_json", is_flag=True, help="The counts as one JSON object.")
def equality(model: str, number: int, seed: int, device: str, as_json: bool) -> None:
    """Hold mixed batches against the baseline: one question at a time through generate(), both in float32.

    Pictures, questions, beams (1 to 10), token limits and batch sizes are random. Fails when a token differs.
    """
    from model.benchmarks.equality import compare
    from model.loading import locate

    texts: set[tuple[int, ...]] = set()
    different = []
    compared = compare(locate(model), number, seed, device)
    with click.progressbar(compared, number, label="Asking", file=sys.stderr) as asked:
        for one in asked:
            texts.add(one.baseline)
            if one.ours != one.baseline:
                different.append(one)
    if as_json:
        click.echo(json.dumps({"requests": number, "different": len(different), "different_answers": len(texts)}))
    else:
        click.echo(f"{number - len(different)} of {number} answers have the same tokens; {len(texts)} different ones")
    for one in different:
        asked_for = f"{one.request.question!r}, beams {one.request.beams}, limit {one.request.max_new_tokens}"
        click.echo(f"{asked_for}: {one.ours!r} instead of {one.baseline!r}", err=True)
    if different:
        raise click.ClickException(f"{len(different)} of {number} answers differ.")
