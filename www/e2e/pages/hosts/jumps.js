// A clock that is put back and forth while the page is open.
const now = Date.now.bind(Date);
const YEARS = [0, 5, -5, 0, 30, -20];
let asked = 0;
Date.now = () => now() + YEARS[Math.floor((asked += 1) / 300) % YEARS.length] * 31_557_600_000;
