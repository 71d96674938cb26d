// Arrow keys go through a chart's days; what is there is read out. Without scripts the values are in the table behind it.
for (const chart of document.querySelectorAll('.chart')) {
  const bands = [...chart.querySelectorAll('.bands rect')], out = chart.querySelector('output');
  let at = bands.length;
  const show = i => {
    bands.forEach((b, n) => b.classList.toggle('at', n === i));
    out.textContent = i < bands.length ? bands[i].querySelector('title').textContent : '';
  };
  chart.addEventListener('keydown', e => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -bands.length, End: bands.length }[e.key];
    if (step) {
      at = Math.max(0, Math.min(bands.length - 1, at + step));
      show(at);
      e.preventDefault();
    }
  });
  chart.addEventListener('blur', () => { at = bands.length; show(at); });
  bands.forEach((b, i) => b.addEventListener('mouseenter', () => show(i)));
  chart.addEventListener('mouseleave', () => show(bands.length));
}
