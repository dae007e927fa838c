// A computer whose clock lost its battery.
Date.now = () => 0;
