"""The table. A figure is the median of its rounds, with the spread: how far its rounds lie apart, in percent of it."""
import statistics

BASE = "passthrough_ll"


def figure(rates):
    if not rates:
        return f"{'-':>16}"
    median = statistics.median(rates)
    spread = (max(rates) - min(rates)) / median * 100
    return f"{median:10.0f} {f'±{spread / 2:.0f}%':>5}"


def best(systems, prefix):
    """(name, rates) of the best of those whose names begin so."""
    found = [(name, rates) for name, rates in systems.items() if name.startswith(prefix)]
    return max(found, key=lambda item: statistics.median(item[1]), default=("", []))


def ratio(ours, theirs):
    return f"{statistics.median(ours) / statistics.median(theirs):7.2f}" if ours and theirs else f"{'-':>7}"


def table(rates, ours):
    """`ours`: the names of the systems that are compared with the others."""
    heads = "".join(f" {name:>16} {'/pass':>7} {'/rclone':>7}" for name in ours)
    lines = [f"{'':44} {'passthrough_ll':>16} {'cache':6} {'rclone':>16}{heads}"]
    for row, systems in rates.items():
        base, base_rates = best(systems, BASE)
        rclone = systems.get("rclone", [])
        line = f"{row:44} {figure(base_rates)} {base.removeprefix(BASE).strip():6} {figure(rclone)}"
        for name in ours:
            own = systems.get(name, [])
            line += f" {figure(own)} {ratio(own, base_rates)} {ratio(own, rclone)}"
        lines.append(line)
    return "\n".join(lines)
