// A bar of how much of something is used, with its words.

/** From here on the bar warns. */
const NEARLY_FULL = 0.9;

interface Props {
  label: string;
  value: number;
  max: number;
  /** For screen readers, e.g. `82 of 4000 characters`. */
  text: string;
}

export function Meter({ label, value, max, text }: Props) {
  const share = max > 0 ? Math.min(1, value / max) : 0;
  const level = value > max ? ' over' : share >= NEARLY_FULL ? ' nearly' : '';
  return (
    // biome-ignore lint/a11y/useSemanticElements: what is inside of a `meter` takes no colours of the theme
    <div
      className={`meter${level}`}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(value, max)}
      aria-valuetext={text}
      title={text}
    >
      {/* React sets this through the CSSOM, which the content security policy lets pass. */}
      <div className="meter-fill" style={{ width: `${share * 100}%` }} />
    </div>
  );
}
