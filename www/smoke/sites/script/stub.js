window.fewbits = window.fewbits || function () { (fewbits.q = fewbits.q || []).push(arguments); };
